#include "edge/http1/http1_codec.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace moorage::http1 {
namespace {

constexpr std::size_t kMaxLeadingBreaks = 4;

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
      if (answers_.depth() < service_.limits().max_pipelined) wire_.WatchOutput();
      break;
    }
    const std::string_view rest = bytes.substr(taken);
    std::optional<std::size_t> used;
    switch (state_) {
      case ReceiveState::kIdle:
      case ReceiveState::kHead:
        used = ConsumeHead(rest);
        break;
      case ReceiveState::kBody:
        used = ConsumeBody(rest);
        break;
      case ReceiveState::kChunks:
        used = ConsumeChunks(rest);
        break;
      case ReceiveState::kEnded:
      case ReceiveState::kClosed:
        break;
    }
    if (!used.has_value()) break;
    taken += *used;
  }
  more_input_ = taken < bytes.size();
  UpdateDeadline();
  return taken;
}

bool Http1Codec::wants_input() const {
  return answers_.depth() < service_.limits().max_pipelined &&
         wire_.output_size() < service_.limits().high_water;
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
  if (head.chunked) {
    // The bytes of chunks are taken as they arrive, and the head with them. The copy keeps the head
    // next to the decoded body, as the parser needs it.
    unchunked_.Clear();
    unchunked_.Append(bytes.substr(0, head_bytes_));
    decoder_.emplace(ChunkedDecoder::Limits{.body_bytes = limits.max_body});
    MoveTo(ReceiveState::kChunks);
    received_ = 0;
    StartBodyWindow();
    // A client that sends the body already does not wait for the invitation (RFC 9110, 10.1.1).
    if (head.expects_continue && bytes.size() == head_bytes_) SendContinue();
    return head_bytes_;
  }
  const std::uint64_t body = head.content_length.value_or(0);
  // Refused before an invitation, so that a client that waits for one need not send the body.
  if (body > limits.max_body) {
    Refuse({413, "the body is larger than the server accepts"}, head);
    return bytes.size();
  }
  request_bytes_ = head_bytes_ + static_cast<std::size_t>(body);
  if (bytes.size() >= request_bytes_) {
    more_input_ = bytes.size() > request_bytes_;
    const std::size_t used = request_bytes_;
    Dispatch(bytes.substr(head_bytes_, static_cast<std::size_t>(body)));
    return used;
  }
  MoveTo(ReceiveState::kBody);
  received_ = bytes.size();
  StartBodyWindow();
  if (head.expects_continue && bytes.size() == head_bytes_) SendContinue();
  return std::nullopt;
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
  Dispatch(bytes.substr(head_bytes_, request_bytes_ - head_bytes_));
  return used;
}

std::optional<std::size_t> Http1Codec::ConsumeChunks(std::string_view bytes) {
  const std::size_t used = decoder_->Feed(bytes, unchunked_);
  received_ += used;
  if (decoder_->error().has_value()) {
    const FramingError error = *decoder_->error();
    // The head gives the answer its form (HEAD, HTTP/1.0) and the record of the call its path.
    const auto unreadable = service_.parser().Parse(unchunked_.view().substr(0, head_bytes_));
    Refuse(error, unreadable.has_value() ? Http1Head{} : service_.parser().head());
    return bytes.size();
  }
  if (!decoder_->done()) return used;
  const std::string_view whole = unchunked_.view();
  if (const auto error = service_.parser().Parse(whole.substr(0, head_bytes_)); error.has_value()) {
    Refuse(*error);
    return bytes.size();
  }
  more_input_ = bytes.size() > used;
  Dispatch(whole.substr(head_bytes_));
  unchunked_.Release();
  return used;
}

Http1Exchange& Http1Codec::Enqueue(const Http1Head& head, std::string_view body) {
  Http1Exchange& exchange = service_.Acquire();
  exchange.Start(*this, head, body);
  answers_.Push(exchange);
  exchange.facts().start = wire_.now();
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

void Http1Codec::Refuse(const FramingError& error, Http1Head head) {
  // Where the request ends is not known, so what follows it cannot be read as a request.
  MoveTo(ReceiveState::kEnded);
  head.keep_alive = false;
  Http1Exchange& exchange = Enqueue(head, {});
  service_.dispatcher().Reject(api::ExchangeRef(&exchange), error.status, error.message);
  exchange.ForgetRequest();
  unchunked_.Release();
}

bool Http1Codec::EndsWith(const Http1Exchange& exchange) {
  // A client gives up what it asked after an answer that announces the close (RFC 9112, 9.6). Such
  // an answer must be the last that is owed.
  const bool is_last = answers_.IsLast(exchange) && !more_input_ && !IsReceiving(state_);
  const bool expects_no_more =
      state_ == ReceiveState::kEnded || drain_until_ != base::Instant::max();
  const bool ends = exchange.closes() || (is_last && expects_no_more);
  if (ends && !HasEnded(state_)) MoveTo(ReceiveState::kEnded);
  return ends;
}

void Http1Codec::OnAnswered(Http1Exchange& exchange) {
  // A later answer is held until it has its turn.
  if (&exchange != answers_.front()) return;
  // At the bound of pipelined requests Consume() has stopped, and bytes may wait that no event
  // reports.
  const bool was_full = answers_.depth() >= service_.limits().max_pipelined;
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
  if (was_full) wire_.Resume();
  if (!answers_.empty()) return;
  answers_.SendDueInterim();
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
}

// A client that waits for the invitation sends nothing until it has read it. Earlier answers come
// first, else it would take the interim answer for the answer to another request.
void Http1Codec::SendContinue() { answers_.SendInterim("HTTP/1.1 100 Continue\r\n\r\n"); }

void Http1Codec::OnEndOfInput() {
  // A half-received request can no longer become complete, so it is dropped. Complete ones are
  // still answered, because the client may read on.
  if (!HasEnded(state_)) MoveTo(ReceiveState::kEnded);
  more_input_ = false;
  if (answers_.empty()) wire_.CloseAfterOutput();
}

void Http1Codec::OnOutputLow() {
  if (!answers_.empty()) answers_.front()->CallResume();
  wire_.Resume();
}

void Http1Codec::StartBodyWindow() {
  window_start_ = received_;
  receive_deadline_ = wire_.now() + service_.limits().body_window;
}

void Http1Codec::UpdateDeadline() {
  if (IsReceiving(state_)) {
    wire_.SetDeadline(receive_deadline_);
  } else if (answers_.empty() && state_ != ReceiveState::kClosed) {
    wire_.SetDeadline(std::min(drain_until_, wire_.now() + service_.limits().idle_timeout));
  } else {
    // The handler owes the answer, and the deadline of the call limits it.
    wire_.SetDeadline(base::Instant::max());
  }
}

void Http1Codec::OnDeadline() {
  const bool has_head = state_ == ReceiveState::kBody || state_ == ReceiveState::kChunks;
  // A body that progresses gets another window, however long it takes in all.
  if (has_head && received_ - window_start_ >= service_.limits().body_window_bytes) {
    StartBodyWindow();
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
