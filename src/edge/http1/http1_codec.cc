#include "edge/http1/http1_codec.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace moorage::http1 {
namespace {

constexpr std::size_t kMaxLeadingBreaks = 4;
constexpr FramingError kCutBody{400, "the connection ended before the body was whole"};

}  // namespace

Http1Codec::Http1Codec(net::Wire& wire, Http1Service& service)
    : wire_(wire), service_(service), answers_(wire) {}

Http1Codec::~Http1Codec() { OnClosed(); }

std::size_t Http1Codec::Consume(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    if (HasEnded(state_)) {  // what follows the last request is discarded
      taken = bytes.size();
      break;
    }
    if (!wants_input()) {
      // Below the bound of requests, unsent output is the obstacle. Else the next answer resumes.
      if (!is_full() && state_ != ReceiveState::kDeciding) wire_.WatchOutput();
      break;
    }
    const std::string_view rest = bytes.substr(taken);
    std::optional<std::size_t> used;
    switch (state_) {
      case ReceiveState::kIdle:
        start_ = taken < known_ ? known_since_ : wire_.arrived();
        [[fallthrough]];
      case ReceiveState::kHead:
        used = ConsumeHead(rest);
        break;
      case ReceiveState::kDeciding:
        used = StartBody(rest);
        break;
      case ReceiveState::kBody:
        used = ConsumeBody(rest);
        break;
      case ReceiveState::kChunks:
        used = ConsumeChunks(rest);
        break;
      case ReceiveState::kSkip:
        used = Skip(rest);
        break;
      case ReceiveState::kEnded:
      case ReceiveState::kClosed:
        break;
    }
    if (!used.has_value()) break;
    taken += *used;
  }
  const std::size_t left = bytes.size() - taken;
  if (left > 0 && taken >= known_) known_since_ = wire_.arrived();
  known_ = left;
  more_input_ = left > 0;
  UpdateDeadline();
  return taken;
}

bool Http1Codec::wants_input() const {
  const bool waits = state_ == ReceiveState::kDeciding && incoming_owner_ == nullptr;
  return !waits && !is_full() && wire_.output_size() < service_.limits().high_water;
}

void Http1Codec::MoveTo(ReceiveState next) {
  assert(base::MayMove(kReceiveMoves, state_, next));
  state_ = next;
}

std::optional<std::size_t> Http1Codec::ConsumeHead(std::string_view bytes) {
  // A few empty lines before a request line are ignored (RFC 9112, 2.2).
  std::size_t skipped = 0;
  if (state_ == ReceiveState::kIdle) {
    while (skipped < 2 * kMaxLeadingBreaks && bytes.substr(skipped).starts_with("\r\n"))
      skipped += 2;
    if (skipped > 0) {
      leading_breaks_ += skipped / 2;
      if (leading_breaks_ <= kMaxLeadingBreaks) return skipped;
      Refuse({400, "too many empty lines before the request line"});
      return bytes.size();
    }
    // May be the first half of an empty line.
    if (bytes == "\r") return std::nullopt;
    progress_ = {};
  }
  const Http1Limits& limits = service_.limits();
  const Http1Parser::Scan scan = Http1Parser::FindEnd(bytes, limits.head, progress_);
  if (scan.error.has_value()) {
    Refuse(*scan.error);
    return bytes.size();
  }
  if (scan.head_bytes == 0) {
    // The time runs from the first byte of the head and is not extended. A client that sends a byte
    // now and then cannot hold the connection.
    if (state_ == ReceiveState::kIdle) {
      receive_deadline_ = wire_.now() + limits.head_timeout;
      MoveTo(ReceiveState::kHead);
    }
    return std::nullopt;
  }
  head_bytes_ = scan.head_bytes;
  Http1Parser& parser = service_.parser();
  if (const auto error = parser.Parse(bytes.substr(0, head_bytes_)); error.has_value()) {
    Refuse(*error);
    return bytes.size();
  }
  const Http1Head& head = parser.head();
  const std::uint64_t body = head.content_length.value_or(0);
  const std::size_t rest = bytes.size() - head_bytes_;
  // A request that is whole needs no second judgement. A client that waits for an invitation has
  // sent its head alone, or might have.
  if (head.chunked || head.expects_continue || rest < body) return JudgeHead(bytes);
  more_input_ = rest > body;
  const std::size_t used = head_bytes_ + static_cast<std::size_t>(body);
  Dispatch(bytes.substr(head_bytes_, static_cast<std::size_t>(body)));
  return used;
}

std::optional<std::size_t> Http1Codec::JudgeHead(std::string_view bytes) {
  const Http1Head& head = service_.parser().head();
  const std::uint64_t body = head.content_length.value_or(0);
  is_chunked_ = head.chunked;
  // A client that sends the body already does not wait for the invitation (RFC 9110, 10.1.1).
  invites_ = head.expects_continue && bytes.size() == head_bytes_;
  // Where the next request begins is known only if the body is sure to come, and its length known.
  incoming_closes_ = head.chunked || head.expects_continue || body > service_.limits().skipped_body;
  more_input_ = false;
  MoveTo(ReceiveState::kDeciding);
  Http1Exchange& exchange = Enqueue(head, {});
  incoming_ = &exchange;
  api::ExchangeRef owner(&exchange);
  const api::BodyPlan plan = service_.dispatcher().Head(
      owner, head.chunked ? api::DeclaredBody() : api::DeclaredBody(body));
  exchange.ForgetRequest();
  const bool keeps_connection = !std::exchange(incoming_closes_, true);
  switch (plan.kind) {
    case api::BodyPlan::Kind::kRead:
      incoming_owner_ = std::move(owner);
      most_body_ = plan.most;
      if (!head.chunked) request_bytes_ = head_bytes_ + static_cast<std::size_t>(body);
      return StartBody(bytes);
    case api::BodyPlan::Kind::kLater:
      // Of a refusal in a later tick the client learns with the end of the connection.
      if (!head.chunked) request_bytes_ = head_bytes_ + static_cast<std::size_t>(body);
      return std::nullopt;
    case api::BodyPlan::Kind::kAnswered:
      break;
  }
  incoming_ = nullptr;
  if (!keeps_connection || HasEnded(state_)) return bytes.size();
  MoveTo(ReceiveState::kSkip);
  skip_left_ = static_cast<std::size_t>(body);
  StartBodyWindow();
  return head_bytes_;
}

void Http1Codec::OnAdmitted(api::ExchangeRef exchange) {
  most_body_ = service_.dispatcher().MostBody(*exchange);
  incoming_owner_ = std::move(exchange);
  // The client may have closed its side meanwhile.
  if (state_ != ReceiveState::kDeciding) return Refuse(kCutBody);
  wire_.Resume();
}

std::optional<std::size_t> Http1Codec::StartBody(std::string_view bytes) {
  received_ = 0;
  if (is_chunked_) {
    // The bytes of chunks are taken as they arrive, and the head with them. The copy keeps the head
    // next to the decoded body, as the parser needs it.
    unchunked_.Clear();
    MoveTo(ReceiveState::kChunks);
    if (!ReserveUnchunked(head_bytes_)) {
      OnNoMemory();
      return bytes.size();
    }
    unchunked_.Append(bytes.substr(0, head_bytes_));
    decoder_.emplace(ChunkedDecoder::Limits{.body_bytes = most_body_});
  } else {
    MoveTo(ReceiveState::kBody);
    received_ = bytes.size();
  }
  StartBodyWindow();
  if (invites_) SendContinue();
  return is_chunked_ ? head_bytes_ : ConsumeBody(bytes);
}

std::optional<std::size_t> Http1Codec::ConsumeBody(std::string_view bytes) {
  received_ = bytes.size();
  if (bytes.size() < request_bytes_) return std::nullopt;
  // The bytes may have moved since the head was parsed, and other connections have used the parser.
  if (const auto error = service_.parser().Parse(bytes.substr(0, head_bytes_)); error.has_value()) {
    Refuse(*error);
    return bytes.size();
  }
  more_input_ = bytes.size() > request_bytes_;
  const std::size_t used = request_bytes_;
  DispatchAdmitted(bytes.substr(head_bytes_, request_bytes_ - head_bytes_),
                   more_input_ ? BodyMemory::kShared : BodyMemory::kWire);
  return used;
}

std::optional<std::size_t> Http1Codec::ConsumeChunks(std::string_view bytes) {
  if (!ReserveUnchunked(bytes.size())) {
    OnNoMemory();
    return bytes.size();
  }
  const std::size_t used = decoder_->Feed(bytes, unchunked_);
  received_ += used;
  if (decoder_->error().has_value()) {
    Refuse(*decoder_->error());
    return bytes.size();
  }
  if (!decoder_->done()) return used;
  const std::string_view whole = unchunked_.view();
  if (const auto error = service_.parser().Parse(whole.substr(0, head_bytes_)); error.has_value()) {
    Refuse(*error);
    return bytes.size();
  }
  more_input_ = bytes.size() > used;
  DispatchAdmitted(whole.substr(head_bytes_), BodyMemory::kUnchunked);
  ReleaseUnchunked();
  return used;
}

bool Http1Codec::ReserveUnchunked(std::size_t bytes) {
  const std::size_t wanted = unchunked_.CapacityFor(bytes);
  if (wanted == unchunked_.capacity()) return true;
  if (unchunked_charge_.bytes() == 0 && wire_.memory() != nullptr) {
    unchunked_charge_ = base::MemoryCharge(*wire_.memory(), base::MemoryPurpose::kInput);
  }
  if (!unchunked_charge_.Resize(unchunked_.PeakFor(bytes)).ok()) return false;
  unchunked_.Room(bytes);
  return unchunked_charge_.Resize(wanted).ok();
}

void Http1Codec::ReleaseUnchunked() {
  unchunked_.Release();
  unchunked_charge_.Release();
}

void Http1Codec::OnNoMemory() {
  // A client whose request is answered or not yet known has nothing to be refused.
  if (HasEnded(state_)) return;
  Refuse({429, "the server has no memory left for this request; try again in a second"});
}

std::size_t Http1Codec::Skip(std::string_view bytes) {
  const std::size_t used = std::min(skip_left_, bytes.size());
  skip_left_ -= used;
  received_ += used;
  if (skip_left_ == 0) MoveTo(ReceiveState::kIdle);
  return used;
}

Http1Exchange& Http1Codec::Enqueue(const Http1Head& head, std::string_view body) {
  Http1Exchange& exchange = service_.Acquire();
  exchange.Start(*this, head, body);
  answers_.Push(exchange);
  exchange.facts().start = start_;
  exchange.context().peer = wire_.peer();
  if (head.minor_version == 0) exchange.context().protocol = "http/1.0";
  return exchange;
}

void Http1Codec::Dispatch(std::string_view body) {
  const Http1Head& head = service_.parser().head();
  // The handler may answer at once. EndsWith() must then find the state behind this request.
  MoveTo(head.keep_alive ? ReceiveState::kIdle : ReceiveState::kEnded);
  leading_breaks_ = 0;
  Http1Exchange& exchange = Enqueue(head, body);
  service_.dispatcher().Dispatch(api::ExchangeRef(&exchange));
  // The exchange may be free by now. It is the service's and no request has taken it since.
  exchange.ForgetRequest();
}

net::TakenInput Http1Codec::TakeBodyMemory(std::string_view body) {
  // A body that was decompressed, or kept for an authenticator, is a copy elsewhere.
  if (body.data() != dispatched_body_.data() || body.empty()) return {};
  switch (std::exchange(body_memory_, BodyMemory::kShared)) {
    case BodyMemory::kShared:
      return {};
    case BodyMemory::kWire:
      return wire_.TakeInput();
    case BodyMemory::kUnchunked:
      return {.memory = std::exchange(unchunked_, {}), .charge = std::move(unchunked_charge_)};
  }
  return {};
}

void Http1Codec::DispatchAdmitted(std::string_view body, BodyMemory memory) {
  const Http1Head& head = service_.parser().head();
  MoveTo(head.keep_alive ? ReceiveState::kIdle : ReceiveState::kEnded);
  leading_breaks_ = 0;
  answers_.DropInterim();
  Http1Exchange& exchange = *std::exchange(incoming_, nullptr);
  exchange.Complete(head, body);
  dispatched_body_ = body;
  body_memory_ = memory;
  service_.dispatcher().Dispatch(std::move(incoming_owner_));
  dispatched_body_ = {};
  body_memory_ = BodyMemory::kShared;
  exchange.ForgetRequest();
}

void Http1Codec::Refuse(const FramingError& error) {
  // Where the request ends is not known, so what follows it cannot be read as a request.
  if (!HasEnded(state_)) MoveTo(ReceiveState::kEnded);
  api::ExchangeRef owner = std::move(incoming_owner_);
  if (owner == nullptr) {
    // Nothing is known of the request.
    Http1Exchange& exchange = Enqueue({}, {});
    exchange.CloseAfter();
    owner.reset(&exchange);
  } else {
    incoming_->CloseAfter();
    incoming_ = nullptr;
    answers_.DropInterim();
  }
  service_.dispatcher().Reject(std::move(owner), error.status, error.message);
  ReleaseUnchunked();
}

bool Http1Codec::EndsWith(const Http1Exchange& exchange) {
  // A client gives up what it asked after an answer that announces the close (RFC 9112, 9.6). Such
  // an answer must be the last that is owed.
  const bool is_incoming = &exchange == incoming_;
  const bool is_last =
      answers_.IsLast(exchange) && !more_input_ && (is_incoming || !IsReceiving(state_));
  const bool expects_no_more =
      state_ == ReceiveState::kEnded || drain_until_ != base::Instant::max();
  const bool ends =
      exchange.closes() || (is_incoming && incoming_closes_) || (is_last && expects_no_more);
  if (ends && !HasEnded(state_)) MoveTo(ReceiveState::kEnded);
  return ends;
}

void Http1Codec::OnAnswered(Http1Exchange& exchange) {
  // It was refused, so its body is not awaited.
  if (&exchange == incoming_) incoming_ = nullptr;
  // A later answer is held until it has its turn.
  if (&exchange != answers_.front()) return;
  // At the bound of pipelined requests Consume() has stopped, and bytes may wait that no event
  // reports.
  const bool was_full = is_full();
  while (Http1Exchange* answered = answers_.TakeComplete()) {
    const bool closes = answered->closes();
    answered->Detach();
    if (closes) {
      wire_.CloseAfterOutput();
      return OnClosed();
    }
  }
  // The stream that has its turn now may have paused before, so it waits for OnOutputLow().
  if (!answers_.empty() && answers_.front()->awaits_output()) wire_.WatchOutput();
  if (was_full) {
    RestartClock();
    wire_.Resume();
  }
  answers_.SendDueInterim();
  if (!answers_.empty()) return;
  if (state_ == ReceiveState::kEnded) wire_.CloseAfterOutput();
  UpdateDeadline();
}

void Http1Codec::Abort() {
  wire_.Abort();
  OnClosed();
}

void Http1Codec::OnClosed() {
  if (state_ != ReceiveState::kClosed) MoveTo(ReceiveState::kClosed);
  answers_.DetachAll([](Http1Exchange& exchange) { exchange.OnClientGone(); });
  // A request whose body never arrived is recorded as one whose client has gone.
  incoming_ = nullptr;
  incoming_owner_.reset();
}

// A client that waits for the invitation sends nothing until it has read it. Earlier answers come
// first, else it would take the interim answer for the answer to another request.
void Http1Codec::SendContinue() { answers_.SendInterim("HTTP/1.1 100 Continue\r\n\r\n"); }

void Http1Codec::OnEndOfInput() {
  // A half-received request can no longer become complete. Complete ones are still answered,
  // because the client may read on.
  more_input_ = false;
  if (incoming_owner_ != nullptr) return Refuse(kCutBody);
  if (!HasEnded(state_)) MoveTo(ReceiveState::kEnded);
  if (answers_.empty()) wire_.CloseAfterOutput();
}

void Http1Codec::OnPeerClosed() {
  peer_closed_ = true;
  // A callback may answer, which takes answers from the queue. The search begins anew after each.
  const auto watches = [](const Http1Exchange& exchange) { return exchange.watches_client(); };
  while (Http1Exchange* exchange = answers_.Find(watches)) exchange->CallGone();
}

void Http1Codec::OnOutputLow() {
  RestartClock();
  if (!answers_.empty()) answers_.front()->CallResume();
  wire_.Resume();
}

void Http1Codec::StartBodyWindow() {
  window_start_ = received_;
  receive_deadline_ = wire_.now() + service_.limits().body_window;
}

void Http1Codec::RestartClock() {
  if (state_ == ReceiveState::kHead) {
    receive_deadline_ = wire_.now() + service_.limits().head_timeout;
  } else if (IsReceiving(state_)) {
    StartBodyWindow();
  }
  UpdateDeadline();
}

void Http1Codec::UpdateDeadline() {
  // NOLINTNEXTLINE(bugprone-branch-clone): two reasons not to time the client
  if (state_ == ReceiveState::kDeciding) {
    wire_.SetDeadline(base::Instant::max());
  } else if (state_ == ReceiveState::kHead) {
    // What was never a whole head cannot hold a drain.
    wire_.SetDeadline(std::min(receive_deadline_, drain_until_));
  } else if (IsReceiving(state_)) {
    wire_.SetDeadline(receive_deadline_);
  } else if (answers_.empty() && state_ != ReceiveState::kClosed) {
    wire_.SetDeadline(std::min(drain_until_, wire_.now() + service_.limits().idle_timeout));
  } else {
    // The handler owes the answer, and the deadline of the call limits it.
    wire_.SetDeadline(base::Instant::max());
  }
}

void Http1Codec::OnDeadline() {
  // The client could not send, because nothing was read.
  if (IsReceiving(state_) && !wants_input()) return RestartClock();
  if (state_ == ReceiveState::kHead && wire_.now() >= drain_until_) {
    MoveTo(ReceiveState::kEnded);
    if (answers_.empty()) wire_.CloseAfterOutput();
    return UpdateDeadline();
  }
  const bool has_head = IsReceiving(state_) && state_ != ReceiveState::kHead;
  // A body that progresses gets another window, however long it takes in all.
  if (has_head && received_ - window_start_ >= service_.limits().body_window_bytes) {
    StartBodyWindow();
    return UpdateDeadline();
  }
  if (state_ == ReceiveState::kSkip) {
    // The request is answered, so there is nothing to refuse.
    MoveTo(ReceiveState::kEnded);
    if (answers_.empty()) wire_.CloseAfterOutput();
    return UpdateDeadline();
  }
  if (IsReceiving(state_)) {
    Refuse({408, "the request did not arrive in time"});
    return UpdateDeadline();
  }
  if (answers_.empty()) wire_.CloseAfterOutput();
}

void Http1Codec::StartDrain(base::Instant idle_until) {
  drain_until_ = idle_until;
  UpdateDeadline();
}

}  // namespace moorage::http1
