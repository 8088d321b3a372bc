#include "edge/net/connection.h"

#include <sys/epoll.h>

#include <algorithm>
#include <utility>

namespace moorage::net {
namespace {

constexpr std::size_t kSmallestRead = 16U << 10U;
constexpr std::size_t kLargestRead = 1U << 20U;
constexpr std::size_t kKeptInput = 64U << 10U;

}  // namespace

Connection::Connection(ConnectionHost& host, std::unique_ptr<Transport> transport, std::string peer,
                       const ConnectionLimits& limits)
    : host_(host), transport_(std::move(transport)), peer_(std::move(peer)), limits_(limits) {}

Connection::~Connection() = default;

bool Connection::Open() {
  deadline_ = now() + limits_.first_byte;
  watched_ = EPOLLIN;
  return host_.reactor().Watch(transport_->fd(), watched_, *this);
}

void Connection::OnEvents(std::uint32_t events) {
  if (gone_) return;
  if ((events & EPOLLERR) != 0 || ((events & EPOLLHUP) != 0 && (events & EPOLLIN) == 0)) {
    return Abort();
  }
  if ((events & EPOLLOUT) != 0) Touch();
  if ((events & EPOLLIN) == 0) return;
  if (lingering_) {
    ThrowAway();
  } else {
    Read();
  }
}

void Connection::Read() {
  const bool is_fresh = input_.empty();
  std::span<char> room = host_.scratch();
  if (!is_fresh) {
    const std::size_t wanted = codec_ != nullptr ? codec_->wanted_bytes() : 0;
    const std::size_t missing = wanted > input_.size() ? wanted - input_.size() : 0;
    // The buffer grows with what has arrived, not with what was promised.
    room = input_.Room(std::clamp(std::min(missing, input_.size()), kSmallestRead, kLargestRead));
    room = room.first(std::min(room.size(), kLargestRead));
  }
  const Transport::Result result = transport_->Read(room);
  switch (result.state) {
    case Transport::State::kWouldBlock:
      return;
    case Transport::State::kBroken:
      return Abort();
    case Transport::State::kEnd:
      end_seen_ = true;
      PassEnd();
      return Touch();
    case Transport::State::kOk:
      break;
  }
  if (is_fresh) return Consume({room.data(), result.bytes});
  input_.Commit(result.bytes);
  Consume({});
}

void Connection::Consume(std::string_view fresh) {
  const std::string_view bytes = input_.empty() ? fresh : input_.view();
  if (codec_ == nullptr) {
    codec_ = host_.ChooseCodec(bytes, *this);
    if (codec_ != nullptr && draining_) codec_->StartDrain(idle_until_);
  }
  const std::size_t taken = codec_ != nullptr ? codec_->Consume(bytes) : 0;
  if (input_.empty()) {
    input_.Append(fresh.substr(taken));
  } else {
    input_.Consume(taken);
    if (input_.empty() && input_.capacity() > kKeptInput) input_.Release();
  }
  if (end_seen_) PassEnd();
  const bool paused = codec_ != nullptr && !codec_->wants_input();
  if (paused || (watched_ & EPOLLIN) == 0) Touch();
}

void Connection::PassEnd() {
  if (end_passed_ || (codec_ != nullptr && !input_.empty() && !codec_->wants_input())) return;
  end_passed_ = true;
  if (codec_ != nullptr) {
    codec_->OnEndOfInput();
  } else {
    CloseAfterOutput();
  }
}

void Connection::ThrowAway() {
  const Transport::Result result = transport_->Read(host_.scratch());
  if (result.state == Transport::State::kWouldBlock) return;
  thrown_away_ += result.bytes;
  if (result.state != Transport::State::kOk || thrown_away_ > limits_.linger_bytes) return Abort();
  deadline_ = std::min(linger_until_, now() + limits_.linger_silence);
}

void Connection::EndTick() {
  touched_ = false;
  if (gone_) return;
  if (resume_) {
    resume_ = false;
    host_.reactor().RequestTick();  // what is asked now is run at the end of the next tick
    if (!input_.empty() || end_seen_) Consume({});
  }
  if (!output_.empty()) Write();
  if (gone_) return;
  if (output_.size() <= limits_.low_water && watch_output_ && codec_ != nullptr) {
    watch_output_ = false;
    host_.reactor().RequestTick();
    codec_->OnOutputLow();
  }
  if (output_.empty() && output_.capacity() > 0) host_.GiveBuffer(std::exchange(output_, {}));
  if (output_.empty() && closing_ && !lingering_ && !gone_) Linger();
  if (!gone_) WatchWhatIsNeeded();
}

void Connection::Write() {
  const Transport::Result result = transport_->Write(output_.view());
  if (result.state == Transport::State::kBroken) return Abort();
  output_.Consume(result.bytes);
  if (output_.empty()) {
    write_deadline_ = base::Instant::max();
  } else if (result.bytes > 0 || write_deadline_ == base::Instant::max()) {
    write_deadline_ = now() + limits_.write_stall;
  }
}

void Connection::Linger() {
  lingering_ = true;
  input_.Release();
  transport_->ShutdownWrite();
  if (end_seen_) return Abort();  // both directions are done: nothing is lost
  linger_until_ = now() + limits_.linger;
  deadline_ = now() + (draining_ ? limits_.drain_silence : limits_.linger_silence);
}

void Connection::WatchWhatIsNeeded() {
  const bool reads = !end_seen_ && (lingering_ || codec_ == nullptr || codec_->wants_input());
  const std::uint32_t wanted = (reads ? static_cast<std::uint32_t>(EPOLLIN) : 0U) |
                               (output_.empty() ? 0U : static_cast<std::uint32_t>(EPOLLOUT));
  if (wanted == watched_) return;
  watched_ = wanted;
  host_.reactor().Rewatch(transport_->fd(), wanted, *this);
}

void Connection::OnPulse(base::Instant now) {
  if (gone_) return;
  if (now >= write_deadline_) return Abort();
  if (now < deadline_) return;
  deadline_ = base::Instant::max();
  if (lingering_) return Abort();
  if (codec_ != nullptr) {
    codec_->OnDeadline();
  } else {
    CloseAfterOutput();
  }
}

void Connection::StartDrain(base::Instant idle_until) {
  draining_ = true;
  idle_until_ = idle_until;
  if (lingering_) return;
  if (codec_ != nullptr) {
    codec_->StartDrain(idle_until);
  } else {
    deadline_ = std::min(deadline_, idle_until);
  }
}

json::ByteBuffer& Connection::output() {
  if (output_.capacity() == 0) output_ = host_.TakeBuffer();
  Touch();
  return output_;
}

void Connection::Resume() {
  resume_ = true;
  Touch();
}

void Connection::WatchOutput() {
  watch_output_ = true;
  Touch();
}

void Connection::CloseAfterOutput() {
  closing_ = true;
  Touch();
}

void Connection::Abort() {
  if (gone_) return;
  gone_ = true;
  host_.reactor().Unwatch(transport_->fd(), *this);
  Touch();
}

void Connection::Touch() {
  if (touched_) return;
  touched_ = true;
  host_.Touch(*this);
}

}  // namespace moorage::net
