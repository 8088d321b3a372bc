#include "edge/net/connection.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace moorage::net {
namespace {

constexpr std::size_t kSmallestRead = 16U << 10U;
constexpr std::size_t kLargestRead = 1U << 20U;
constexpr std::size_t kKeptInput = 64U << 10U;
constexpr base::Duration kNotableLag = std::chrono::milliseconds(1);

}  // namespace

Connection::Connection(ConnectionHost& host, std::unique_ptr<Transport> transport, std::string peer,
                       const ConnectionLimits& limits)
    : host_(host), transport_(std::move(transport)), peer_(std::move(peer)), limits_(limits) {
  if (base::MemoryBudget* memory = host_.memory(); memory != nullptr) {
    input_charge_ = base::MemoryCharge(*memory, base::MemoryPurpose::kInput);
    output_charge_ = base::MemoryCharge(*memory, base::MemoryPurpose::kAnswers);
  }
}

Connection::~Connection() = default;

bool Connection::Open() {
  deadline_ = now() + limits_.handshake;
  watched_ = EPOLLIN | EPOLLRDHUP;
  if (!host_.reactor().Watch(transport_->fd(), watched_, *this)) return false;
  Handshake();
  return state_ != ConnectionState::kGone;
}

void Connection::Handshake() {
  switch (transport_->Handshake()) {
    case Transport::State::kOk:
      MoveTo(ConnectionState::kOpen);
      deadline_ = now() + limits_.first_byte;
      if (drain_until_.has_value()) deadline_ = std::min(deadline_, *drain_until_);
      // The last message of the handshake may have come with the first bytes of a request.
      if (transport_->Pending() == 0) return;
      marks_.buffered = true;
      return Touch();
    case Transport::State::kWouldBlock:
      return Touch();  // what it wants may differ from what is watched
    case Transport::State::kEnd:
    case Transport::State::kBroken:
      return Abort();
  }
}

void Connection::Close() {
  if (codec_ != nullptr) codec_->OnClosed();
  if (output_.capacity() > 0) host_.ReturnBuffer(std::move(output_));
}

void Connection::MoveTo(ConnectionState next) {
  assert(base::MayMove(kConnectionMoves, state_, next));
  state_ = next;
}

void Connection::MoveTo(InputState next) {
  assert(base::MayMove(kInputMoves, input_state_, next));
  input_state_ = next;
}

void Connection::OnEvents(std::uint32_t events) {
  if (state_ == ConnectionState::kGone) return;
  // A hang-up with EPOLLIN still has bytes to read. The read then meets the end.
  if ((events & EPOLLERR) != 0 || ((events & EPOLLHUP) != 0 && (events & EPOLLIN) == 0)) {
    return Abort();
  }
  if (state_ == ConnectionState::kHandshaking) return Handshake();
  // The end of the tick writes, so that output of this tick goes out in the same call.
  if ((events & EPOLLOUT) != 0) {
    Touch();
    // A read that has to write first goes on now.
    if (transport_->wants() == Transport::Wants::kWrite && MayReadOn()) events |= EPOLLIN;
  }
  if ((events & EPOLLRDHUP) != 0) {
    marks_.peer_closed = true;
    Touch();
  }
  if ((events & EPOLLIN) == 0) return;
  // A write that has to read first goes on at the end of the tick.
  if (!output_.empty()) Touch();
  if (state_ == ConnectionState::kLingering) {
    Discard();
  } else {
    Read();
  }
}

void Connection::Read() {
  const bool is_fresh = input_.empty();
  // Most requests arrive in one read. They are parsed in the shared memory, and the connection
  // holds no input buffer.
  std::span<char> room = host_.scratch();
  if (!is_fresh) {
    const std::size_t wanted = codec_ != nullptr ? codec_->wanted_bytes() : 0;
    const std::size_t missing = wanted > input_.size() ? wanted - input_.size() : 0;
    // The buffer grows with what has arrived, not with what was promised.
    const std::size_t more =
        std::clamp(std::min(missing, input_.size()), kSmallestRead, kLargestRead);
    if (!ReserveInput(more)) return;
    room = input_.Room(more);
    // A fast sender must not hold the tick of all other connections.
    room = room.first(std::min(room.size(), kLargestRead));
  }
  const Transport::Result result = transport_->Read(room);
  switch (result.state) {
    case Transport::State::kWouldBlock:
      return;
    case Transport::State::kBroken:
      return Abort();
    case Transport::State::kEnd:
      if (input_state_ == InputState::kOpen) MoveTo(InputState::kEnded);
      DeliverEnd();
      return Touch();
    case Transport::State::kOk:
      break;
  }
  marks_.buffered = transport_->Pending() > 0;
  if (marks_.buffered) Touch();
  NoteArrival();
  if (is_fresh) return Consume({room.data(), result.bytes});
  input_.Commit(result.bytes);
  Consume({});
}

void Connection::NoteArrival() {
  arrived_ = now();
  // The bytes may have arrived while the reactor did something else, or before the client was
  // accepted. Asking the kernel costs a call, so it is done only then.
  if (marks_.has_read && host_.reactor().lag() < kNotableLag) return;
  marks_.has_read = true;
  arrived_ -= transport_->Waited();
}

void Connection::Consume(std::string_view fresh) {
  const bool is_held = !input_.empty();
  const std::string_view bytes = is_held ? input_.view() : fresh;
  if (codec_ == nullptr) {
    codec_ = host_.ChooseCodec(bytes, *this);
    // The drain may have begun before the first bytes came.
    if (codec_ != nullptr && drain_until_.has_value()) codec_->StartDrain(*drain_until_);
  }
  const std::size_t taken = codec_ != nullptr ? codec_->Consume(bytes) : 0;
  if (!is_held) {
    const std::string_view left = fresh.substr(taken);
    if (!left.empty() && ReserveInput(left.size())) input_.Append(left);
  } else if (!input_.empty()) {  // the codec has not taken the memory
    input_.Consume(taken);
    if (input_.capacity() > kKeptInput) TrimInput();
  }
  // The end may have waited for a codec that was paused.
  if (input_state_ != InputState::kOpen) DeliverEnd();
  const bool paused = codec_ != nullptr && !codec_->wants_input();
  // The set of watched events may change, which happens at the end of the tick.
  if (paused || (watched_ & EPOLLIN) == 0) Touch();
}

TakenInput Connection::TakeInput() {
  TakenInput taken{.memory = std::exchange(input_, {}), .charge = std::move(input_charge_)};
  if (base::MemoryBudget* memory = host_.memory(); memory != nullptr) {
    input_charge_ = base::MemoryCharge(*memory, base::MemoryPurpose::kInput);
  }
  return taken;
}

bool Connection::ReserveInput(std::size_t bytes) {
  const std::size_t held = input_.capacity();
  const std::size_t wanted = input_.CapacityFor(bytes);
  if (wanted == held) return true;
  if (!input_charge_.Resize(input_.PeakFor(bytes)).ok()) {
    input_.Release();
    input_charge_.Release();
    if (codec_ == nullptr) {
      Abort();
    } else {
      codec_->OnNoMemory();
    }
    return false;
  }
  if (held > 0) input_.Room(bytes);
  return input_charge_.Resize(wanted).ok();
}

// Returns memory that a large request has left, although a part of the next one may be there.
void Connection::TrimInput() {
  if (input_.size() > input_.capacity() / 4) return;
  json::ByteBuffer small;
  small.Append(input_.view());
  input_ = std::move(small);
  static_cast<void>(input_charge_.Resize(input_.capacity()));
}

void Connection::DeliverEnd() {
  if (input_state_ != InputState::kEnded) return;
  // A paused codec still takes what it has left. The end comes after that.
  if (codec_ != nullptr && !input_.empty() && !codec_->wants_input()) return;
  MoveTo(InputState::kDelivered);
  if (codec_ != nullptr) {
    codec_->OnEndOfInput();
  } else {
    CloseAfterOutput();
  }
}

void Connection::Discard() {
  const Transport::Result result = transport_->Read(host_.scratch());
  if (result.state == Transport::State::kWouldBlock) return;
  discarded_ += result.bytes;
  if (result.state != Transport::State::kOk || discarded_ > limits_.linger_bytes) return Abort();
  deadline_ = std::min(linger_until_, now() + limits_.linger_silence);
}

void Connection::EndTick() {
  // The mark of a connection that is gone stays, so that nothing puts it into the list again.
  if (state_ == ConnectionState::kGone) return;
  marks_.touched = false;
  // Resumes before it writes, so that what is answered on the way is in the same write.
  if (marks_.resume) {
    marks_.resume = false;
    host_.reactor().RequestTick();  // what is asked now is run at the end of the next tick
    if (!input_.empty() || input_state_ != InputState::kOpen) Consume({});
  }
  // After the service's turn, so a client that sends and closes at once gets what this tick
  // answers.
  if (marks_.peer_closed && codec_ != nullptr) codec_->OnPeerClosed();
  if (marks_.buffered && MayReadOn() && state_ != ConnectionState::kLingering) {
    host_.reactor().RequestTick();
    Read();
  }
  if (!output_.empty()) Write();
  if (state_ == ConnectionState::kGone) return;
  if (output_.size() <= limits_.low_water && marks_.output_low && codec_ != nullptr) {
    marks_.output_low = false;
    host_.reactor().RequestTick();
    codec_->OnOutputLow();
  }
  if (output_.empty() && output_.capacity() > 0) {
    host_.ReturnBuffer(std::exchange(output_, {}));
    output_charge_.Release();
  }
  if (output_.empty() && state_ == ConnectionState::kClosing) Linger();
  if (state_ != ConnectionState::kGone) WatchWhatIsNeeded();
}

void Connection::Write() {
  const Transport::Result result = transport_->Write(output_.view());
  if (result.state == Transport::State::kBroken) return Abort();
  output_.Consume(result.bytes);
  written_ += result.bytes;
  if (output_.empty()) {
    write_deadline_ = base::Instant::max();
    return;
  }
  if (write_deadline_ == base::Instant::max()) StartWriteWindow();
  // What a client does not read is held for it, and charged from now on.
  if (output_charge_.bytes() != output_.capacity() &&
      !output_charge_.Resize(output_.capacity()).ok()) {
    host_.Count(EarlyEnd::kNoMemory);
    Abort();
  }
}

void Connection::GiveOutput(json::ByteBuffer output, base::MemoryCharge charge) {
  assert(output_.empty());
  if (output_.capacity() > 0) host_.ReturnBuffer(std::move(output_));
  output_ = std::move(output);
  if (charge.bytes() > 0) output_charge_ = std::move(charge);
}

bool Connection::ReserveOutput(std::size_t bytes) {
  return output_charge_.Resize(output_.CapacityFor(bytes)).ok();
}

std::uint64_t Connection::Acknowledged() const {
  // Bytes that wait in the kernel are no progress of the peer.
  const std::uint64_t waiting = transport_->Unacknowledged().value_or(0);
  return written_ - std::min(written_, waiting);
}

void Connection::StartWriteWindow() {
  acknowledged_ = Acknowledged();
  write_deadline_ = now() + limits_.write_window;
}

// Closing a socket with unread input sends RST, which may overtake the last answer. So the
// connection sends FIN and reads on until the peer has closed too, or a limit is reached.
void Connection::Linger() {
  MoveTo(ConnectionState::kLingering);
  input_.Release();
  input_charge_.Release();
  transport_->ShutdownWrite();
  if (input_state_ != InputState::kOpen) return Abort();  // both directions have ended
  linger_until_ = now() + limits_.linger;
  deadline_ = now() + (drain_until_.has_value() ? limits_.drain_silence : limits_.linger_silence);
}

void Connection::WatchWhatIsNeeded() {
  const bool wants_input = state_ == ConnectionState::kLingering || MayReadOn();
  const bool reads = (input_state_ == InputState::kOpen && wants_input) ||
                     transport_->wants() == Transport::Wants::kRead;
  const bool writes = !output_.empty() || transport_->wants() == Transport::Wants::kWrite;
  // The end of the peer is watched even where nothing is read, until it is known.
  const bool may_end = input_state_ == InputState::kOpen && !marks_.peer_closed;
  const std::uint32_t wanted = (reads ? static_cast<std::uint32_t>(EPOLLIN) : 0U) |
                               (may_end ? static_cast<std::uint32_t>(EPOLLRDHUP) : 0U) |
                               (writes ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
  if (wanted == watched_) return;
  watched_ = wanted;
  host_.reactor().Rewatch(transport_->fd(), wanted, *this);
}

void Connection::OnPulse(base::Instant now) {
  if (state_ == ConnectionState::kGone) return;
  if (now >= write_deadline_) {
    if (Acknowledged() - acknowledged_ < limits_.write_window_bytes) {
      host_.Count(EarlyEnd::kSlowReader);
      return Abort();
    }
    StartWriteWindow();
  }
  if (now < deadline_) return;
  // A deadline passes once. The codec may set the next one while it is called.
  deadline_ = base::Instant::max();
  if (state_ == ConnectionState::kLingering || state_ == ConnectionState::kHandshaking) {
    return Abort();
  }
  if (codec_ != nullptr) {
    codec_->OnDeadline();
  } else {
    CloseAfterOutput();
  }
}

void Connection::StartDrain(base::Instant idle_until) {
  drain_until_ = idle_until;
  if (state_ == ConnectionState::kLingering) return;
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
  marks_.resume = true;
  Touch();
}

void Connection::WatchOutput() {
  marks_.output_low = true;
  Touch();
}

void Connection::CloseAfterOutput() {
  if (state_ == ConnectionState::kOpen) MoveTo(ConnectionState::kClosing);
  Touch();
}

void Connection::Abort() {
  // The caller may be the codec, so nothing is destroyed here. The table does that at the end of
  // the tick.
  if (state_ == ConnectionState::kGone) return;
  MoveTo(ConnectionState::kGone);
  host_.reactor().Unwatch(transport_->fd(), *this);
  Touch();
}

void Connection::Touch() {
  if (marks_.touched) return;
  marks_.touched = true;
  host_.Touch(*this);
}

}  // namespace moorage::net
