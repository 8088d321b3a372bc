#include "edge/net/connection_table.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

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
constexpr base::Duration kAcceptRetry = std::chrono::milliseconds(100);
// How exact the deadlines of a drain are. Its grace is a fraction of the usual pulse of 1 s.
constexpr base::Duration kDrainPulse = std::chrono::milliseconds(20);

}  // namespace

ConnectionTable::ConnectionTable(Reactor& reactor, Options options, CodecMaker make_codec)
    : reactor_(reactor),
      options_(std::move(options)),
      make_codec_(std::move(make_codec)),
      scratch_(kScratchBytes) {
  HoldSpareFiles();
}

ConnectionTable::~ConnectionTable() { CloseAll(); }

void ConnectionTable::Serve(UniqueFd listener) {
  listener_ = std::move(listener);
  accepting_ = reactor_.Watch(listener_.get(), EPOLLIN, *this);
}

void ConnectionTable::OnEvents(std::uint32_t /*events*/) { AcceptWaiting(Share::kSome); }

void ConnectionTable::AcceptWaiting(Share share) {
  for (int i = 0; (i < kAcceptsPerTick || share == Share::kAll) && listener_; ++i) {
    if (options_.count != nullptr && !options_.count->Take()) {
      // A client whose connect has succeeded is not refused by a server that ends.
      if (share == Share::kAll) {
        options_.count->TakeBeyond();
      } else if (HasWaitingClient(listener_.get()) && MakeRoom()) {
        continue;
      } else {
        break;
      }
    }
    Accepted accepted = Accept(listener_.get());
    if (accepted.fd) {
      Add(std::move(accepted.fd), std::move(accepted.peer));
      continue;
    }
    if (options_.count != nullptr) options_.count->Return();
    if (accepted.reason == NoConnection::kTryAgain) continue;
    if (accepted.reason == NoConnection::kTooManyFiles) {
      // One descriptor for the client, and one for a file that answering it may open.
      const bool had_spare = !spare_files_.empty();
      for (int spare = 0; spare < 2 && !spare_files_.empty(); ++spare) spare_files_.pop_back();
      if (had_spare || MakeRoom()) continue;
    } else if (accepted.reason == NoConnection::kBroken) {
      StopAccepting();
    }
    break;
  }
  UpdatePulse();
}

void ConnectionTable::StopAccepting() {
  // epoll would report the listener without end while there is no room. Time, the end of a
  // connection or AcceptAgain() watches it again.
  if (!accepting_) return;
  accepting_ = false;
  accept_again_ = reactor_.now() + kAcceptRetry;
  reactor_.Unwatch(listener_.get(), *this);
}

bool ConnectionTable::MakeRoom() {
  if (!options_.make_room && ShedLongestIdle()) return true;
  StopAccepting();
  if (options_.make_room) options_.make_room();
  return false;
}

void ConnectionTable::AcceptAgain() {
  if (!accepting_ && listener_) accepting_ = reactor_.Watch(listener_.get(), EPOLLIN, *this);
  UpdatePulse();
}

void ConnectionTable::HoldSpareFiles() {
  while (spare_files_.size() < options_.spare_files) {
    UniqueFd spare(::eventfd(0, EFD_CLOEXEC));
    if (!spare) return;
    spare_files_.push_back(std::move(spare));
  }
}

void ConnectionTable::Adopt(UniqueFd fd, std::string peer) {
  if (options_.count != nullptr) options_.count->TakeBeyond();
  Add(std::move(fd), std::move(peer));
}

void ConnectionTable::Add(UniqueFd fd, std::string peer) {
  auto transport = options_.make_transport ? options_.make_transport(std::move(fd))
                                           : std::make_unique<PlainTransport>(std::move(fd));
  auto connection =
      std::make_unique<Connection>(*this, std::move(transport), std::move(peer), options_.limits);
  connection->set_slot(connections_.size());
  Connection& added = *connection;
  connections_.push_back({std::move(connection), reactor_.now()});
  size_.store(connections_.size(), std::memory_order_relaxed);
  if (!added.Open()) {
    std::erase(touched_, &added);
    return Remove(added);
  }
  UpdatePulse();
}

void ConnectionTable::Remove(Connection& connection) {
  connection.Close();
  // Swap with the last and pop. Each connection knows its slot, so removal takes constant time.
  const std::size_t slot = connection.slot();
  std::swap(connections_[slot], connections_.back());
  connections_[slot].connection->set_slot(slot);
  connections_.pop_back();
  size_.store(connections_.size(), std::memory_order_relaxed);
  if (options_.count != nullptr) options_.count->Return();
  // A descriptor is free again.
  HoldSpareFiles();
  AcceptAgain();
}

void ConnectionTable::Count(EarlyEnd end) {
  // Only this thread writes, so the sum needs no exchange.
  std::atomic<std::uint64_t>& count = ended_[static_cast<std::size_t>(end)];
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

const ConnectionTable::Entry* ConnectionTable::FindLongestIdle() const {
  // The times stand side by side, so a search looks at few connections.
  const Entry* longest = nullptr;
  const base::Instant before = reactor_.now() - options_.limits.shed_after;
  for (const Entry& entry : connections_) {
    if (entry.last_active > before) continue;
    if (longest != nullptr && entry.last_active >= longest->last_active) continue;
    const Connection& connection = *entry.connection;
    if (connection.state() == ConnectionState::kGone || !connection.may_be_shed()) continue;
    longest = &entry;
  }
  return longest;
}

std::optional<base::Instant> ConnectionTable::LongestIdle() const {
  const Entry* longest = FindLongestIdle();
  return longest != nullptr ? std::optional(longest->last_active) : std::nullopt;
}

bool ConnectionTable::ShedLongestIdle() {
  const Entry* longest = FindLongestIdle();
  if (longest == nullptr) return false;
  Connection& connection = *longest->connection;
  Count(EarlyEnd::kShed);
  connection.Abort();
  std::erase(touched_, &connection);
  Remove(connection);
  return true;
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
    connections_[connection->slot()].last_active = reactor_.now();
    connection->EndTick();
    if (connection->state() != ConnectionState::kGone) continue;
    // It may have been touched while it ended, and is destroyed now.
    std::erase(touched_, connection);
    Remove(*connection);
  }
  flushing_.clear();
  if (!touched_.empty()) reactor_.RequestTick();
  if (listener_ && !accepting_) {
    if (reactor_.now() >= accept_again_) AcceptAgain();
    if (!accepting_) reactor_.WakeAt(accept_again_);
  }
  if (drained_ && connections_.empty()) std::exchange(drained_, {})();
}

void ConnectionTable::OnPulse() {
  const base::Instant now = reactor_.now();
  for (const Entry& entry : connections_) entry.connection->OnPulse(now);
  HoldSpareFiles();
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
  for (const Entry& entry : connections_) entry.connection->StartDrain(idle_until);
}

std::size_t ConnectionTable::busy() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      connections_, [](const Entry& entry) { return !entry.connection->idle(); }));
}

void ConnectionTable::CloseAll() {
  if (listener_) {
    if (accepting_) reactor_.Unwatch(listener_.get(), *this);
    accepting_ = false;
    listener_.Reset();
  }
  for (const Entry& entry : connections_) entry.connection->Abort();
  // Close() may touch connections that are destroyed in this loop, so the list is cleared after it
  // too.
  touched_.clear();
  while (!connections_.empty()) Remove(*connections_.back().connection);
  touched_.clear();
}

}  // namespace moorage::net
