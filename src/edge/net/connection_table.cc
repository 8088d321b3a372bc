#include "edge/net/connection_table.h"

#include <sys/epoll.h>

#include <algorithm>
#include <utility>

#include "edge/net/plain_transport.h"
#include "edge/net/socket.h"

namespace moorage::net {
namespace {

constexpr std::size_t kScratchBytes = 64U << 10U;
constexpr std::size_t kKeptBufferBytes = 64U << 10U;
constexpr std::size_t kKeptBuffers = 256;
// A burst of clients must not hold up those that are connected. epoll reports the rest again.
constexpr int kAcceptsPerTick = 64;
// How exact the deadlines of a drain are. Its grace is a fraction of the usual pulse of 1 s.
constexpr base::Duration kDrainPulse = std::chrono::milliseconds(20);

}  // namespace

ConnectionTable::ConnectionTable(Reactor& reactor, const ConnectionLimits& limits,
                                 CodecMaker make_codec)
    : reactor_(reactor),
      limits_(limits),
      make_codec_(std::move(make_codec)),
      scratch_(kScratchBytes) {}

ConnectionTable::~ConnectionTable() { CloseAll(); }

void ConnectionTable::Serve(UniqueFd listener) {
  listener_ = std::move(listener);
  accepting_ = reactor_.Watch(listener_.get(), EPOLLIN, *this);
}

void ConnectionTable::OnEvents(std::uint32_t /*events*/) { AcceptWaiting(Share::kSome); }

void ConnectionTable::AcceptWaiting(Share share) {
  for (int i = 0; (i < kAcceptsPerTick || share == Share::kAll) && listener_; ++i) {
    Accepted accepted = Accept(listener_.get());
    if (accepted.fd) {
      Adopt(std::move(accepted.fd), std::move(accepted.peer));
      continue;
    }
    if (accepted.reason == NoConnection::kTryAgain) continue;
    // epoll would report the listener without end while no descriptor is free. A pulse or the end
    // of a connection watches it again.
    if (accepted.reason != NoConnection::kNoneWaiting && accepting_) {
      accepting_ = false;
      reactor_.Unwatch(listener_.get(), *this);
    }
    break;
  }
  UpdatePulse();
}

void ConnectionTable::Adopt(UniqueFd fd, std::string peer) {
  auto connection = std::make_unique<Connection>(
      *this, std::make_unique<PlainTransport>(std::move(fd)), std::move(peer), limits_);
  if (!connection->Open()) return;
  connection->set_slot(connections_.size());
  connections_.push_back(std::move(connection));
  size_.store(connections_.size(), std::memory_order_relaxed);
  UpdatePulse();
}

void ConnectionTable::Remove(Connection& connection) {
  connection.Close();
  // Swap with the last and pop. Each connection knows its slot, so removal takes constant time.
  const std::size_t slot = connection.slot();
  std::swap(connections_[slot], connections_.back());
  connections_[slot]->set_slot(slot);
  connections_.pop_back();
  size_.store(connections_.size(), std::memory_order_relaxed);
  // A descriptor is free again.
  if (!accepting_ && listener_) accepting_ = reactor_.Watch(listener_.get(), EPOLLIN, *this);
  UpdatePulse();
}

void ConnectionTable::UpdatePulse() {
  // Without deadlines to check the reactor sleeps until an event.
  const bool needed = !connections_.empty() || (listener_ && !accepting_);
  if (needed == has_pulse_) return;
  has_pulse_ = needed;
  if (needed) {
    reactor_.HoldPulse();
  } else {
    reactor_.ReleasePulse();
  }
}

json::ByteBuffer ConnectionTable::TakeBuffer() {
  if (buffers_.empty()) {
    json::ByteBuffer buffer;
    buffer.Room(4096);
    return buffer;
  }
  json::ByteBuffer buffer = std::move(buffers_.back());
  buffers_.pop_back();
  return buffer;
}

void ConnectionTable::ReturnBuffer(json::ByteBuffer buffer) {
  if (buffer.capacity() > kKeptBufferBytes || buffers_.size() >= kKeptBuffers) return;
  buffer.Clear();
  buffers_.push_back(std::move(buffer));
}

void ConnectionTable::Touch(Connection& connection) { touched_.push_back(&connection); }

void ConnectionTable::EndTick() {
  // A connection that is touched while this loop runs has its turn in the next tick, which comes
  // at once.
  flushing_.swap(touched_);
  for (Connection* connection : flushing_) {
    connection->EndTick();
    if (connection->state() != ConnectionState::kGone) continue;
    // It may have been touched while it ended, and is destroyed now.
    std::erase(touched_, connection);
    Remove(*connection);
  }
  flushing_.clear();
  if (!touched_.empty()) reactor_.RequestTick();
  if (drained_ && connections_.empty()) std::exchange(drained_, {})();
}

void ConnectionTable::OnPulse() {
  const base::Instant now = reactor_.now();
  for (const auto& connection : connections_) connection->OnPulse(now);
  if (listener_ && !accepting_) {
    accepting_ = reactor_.Watch(listener_.get(), EPOLLIN, *this);
    UpdatePulse();
  }
}

bool ConnectionTable::StopAdmitting() {
  if (!listener_) return false;
  // The filter comes first. In the other order a client could still connect after the queue was
  // emptied.
  const bool drops = DropNewConnections(listener_.get()).ok();
  AcceptWaiting(Share::kAll);
  // Without the filter new clients come as long as the listener waits, so a long wait gains
  // nothing.
  return drops && !IsLoopback(listener_.get());
}

void ConnectionTable::CloseListener() {
  if (!listener_) return;
  // The kernel resets connections that are complete but not accepted when the listener closes.
  AcceptWaiting(Share::kAll);
  if (accepting_) reactor_.Unwatch(listener_.get(), *this);
  accepting_ = false;
  listener_.Reset();
  UpdatePulse();
}

void ConnectionTable::StartDrain(base::Instant idle_until, std::function<void()> drained) {
  CloseListener();
  drained_ = std::move(drained);
  reactor_.SetPulse(kDrainPulse);
  for (const auto& connection : connections_) connection->StartDrain(idle_until);
}

std::size_t ConnectionTable::busy() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      connections_, [](const auto& connection) { return !connection->idle(); }));
}

void ConnectionTable::CloseAll() {
  if (listener_) {
    if (accepting_) reactor_.Unwatch(listener_.get(), *this);
    accepting_ = false;
    listener_.Reset();
  }
  for (const auto& connection : connections_) connection->Abort();
  // Close() may touch connections that are destroyed in this loop, so the list is cleared after it
  // too.
  touched_.clear();
  while (!connections_.empty()) Remove(*connections_.back());
  touched_.clear();
}

}  // namespace moorage::net
