#include "edge/http1/http1_codec.h"

#include <algorithm>
#include <utility>

#include "edge/http1/http1_exchange.h"

namespace moorage::http1 {
namespace {

constexpr std::size_t kMaxLeadingBreaks = 4;

}  // namespace

Http1Codec::Http1Codec(net::Wire& wire, Http1Service& service) : wire_(wire), service_(service) {}

Http1Codec::~Http1Codec() { OnClosed(); }

std::size_t Http1Codec::Consume(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    if (deaf_) {
      taken = bytes.size();
      break;
    }
    if (!wants_input()) {
      if (depth_ < service_.limits().max_pipelined) wire_.WatchOutput();
      break;
    }
    const std::string_view rest = bytes.substr(taken);
    std::optional<std::size_t> used;
    switch (phase_) {
      case Phase::kHead:
        used = ConsumeHead(rest);
        break;
      case Phase::kBody:
        used = ConsumeBody(rest);
        break;
      case Phase::kChunks:
        used = ConsumeChunks(rest);
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
  return depth_ < service_.limits().max_pipelined &&
         wire_.output_size() < service_.limits().high_water;
}

std::optional<std::size_t> Http1Codec::ConsumeHead(std::string_view bytes) {
  // RFC 9112, 2.2: empty lines before a request line are ignored, a few of them.
  std::size_t skipped = 0;
  if (!has_partial_head_) {
    while (skipped < 2 * kMaxLeadingBreaks && bytes.substr(skipped).starts_with("\r\n"))
      skipped += 2;
    if (skipped > 0) {
      leading_breaks_ += skipped / 2;
      if (leading_breaks_ <= kMaxLeadingBreaks) return skipped;
      Refuse({400, "too many empty lines before the request line"});
      return bytes.size();
    }
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
    if (!has_partial_head_) receive_deadline_ = wire_.now() + limits.head_timeout;
    has_partial_head_ = true;
    return std::nullopt;
  }
  has_partial_head_ = false;
  head_bytes_ = scan.head_bytes;
  Http1Parser& parser = service_.parser();
  if (const auto error = parser.Parse(bytes.substr(0, head_bytes_)); error.has_value()) {
    Refuse(*error);
    return bytes.size();
  }
  const Http1Head& head = parser.head();
  if (head.chunked) {
    unchunked_.Clear();
    unchunked_.Append(bytes.substr(0, head_bytes_));
    decoder_.emplace(ChunkedDecoder::Limits{.body_bytes = limits.max_body});
    phase_ = Phase::kChunks;
    received_ = 0;
    StartBodyWindow();
    if (head.expects_continue && bytes.size() == head_bytes_) SendContinue();
    return head_bytes_;
  }
  const std::uint64_t body = head.content_length.value_or(0);
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
  phase_ = Phase::kBody;
  received_ = bytes.size();
  StartBodyWindow();
  if (head.expects_continue && bytes.size() == head_bytes_) SendContinue();
  return std::nullopt;
}

std::optional<std::size_t> Http1Codec::ConsumeBody(std::string_view bytes) {
  received_ = bytes.size();
  if (bytes.size() < request_bytes_) return std::nullopt;
  // The bytes may have moved since the head was parsed: make its views anew.
  if (const auto error = service_.parser().Parse(bytes.substr(0, head_bytes_)); error.has_value()) {
    Refuse(*error);
    return bytes.size();
  }
  phase_ = Phase::kHead;
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
  phase_ = Phase::kHead;
  more_input_ = bytes.size() > used;
  Dispatch(whole.substr(head_bytes_));
  unchunked_.Release();
  return used;
}

Http1Exchange& Http1Codec::Enqueue(const Http1Head& head, std::string_view body) {
  Http1Exchange& exchange = service_.Acquire();
  exchange.Start(*this, head, body);
  (back_ == nullptr ? front_ : back_->next_) = &exchange;
  back_ = &exchange;
  ++depth_;
  api::CallContext& context = exchange.context();
  context.start = wire_.now();
  context.peer = wire_.peer();
  if (exchange.http10_) context.protocol = "http/1.0";
  return exchange;
}

void Http1Codec::Dispatch(std::string_view body) {
  const Http1Head& head = service_.parser().head();
  if (!head.keep_alive) deaf_ = true;
  continue_due_ = false;
  leading_breaks_ = 0;
  Http1Exchange& exchange = Enqueue(head, body);
  current_ = &exchange;
  service_.dispatcher().Dispatch(api::ExchangeRef(&exchange));
  if (current_ != nullptr) current_->ForgetRequest();
  current_ = nullptr;
}

void Http1Codec::Refuse(const FramingError& error, Http1Head head) {
  deaf_ = true;
  phase_ = Phase::kHead;
  has_partial_head_ = false;
  continue_due_ = false;
  head.keep_alive = false;
  Http1Exchange& exchange = Enqueue(head, {});
  current_ = &exchange;
  service_.dispatcher().Reject(api::ExchangeRef(&exchange), error.status, error.message);
  if (current_ != nullptr) current_->ForgetRequest();
  current_ = nullptr;
  unchunked_.Release();
}

json::ByteBuffer& Http1Codec::OutputOf(Http1Exchange& exchange) {
  return &exchange == front_ ? wire_.output() : exchange.held_;
}

bool Http1Codec::DecideToClose(const Http1Exchange& exchange) {
  const bool is_last = &exchange == back_ && !more_input_ && !receiving();
  const bool closes = !exchange.keep_alive_ || ((draining_ || input_ended_) && is_last);
  if (closes) deaf_ = true;
  return closes;
}

void Http1Codec::OnAnswered(Http1Exchange& exchange) {
  if (&exchange != front_) return;
  PopAnswered();
  if (front_ != nullptr || closed_) return;
  if (continue_due_) SendContinue();
  if (input_ended_) wire_.CloseAfterOutput();
  UpdateDeadline();
}

void Http1Codec::PopAnswered() {
  const bool was_full = depth_ >= service_.limits().max_pipelined;
  while (front_ != nullptr) {
    Http1Exchange& exchange = *front_;
    if (!exchange.held_.empty()) {
      wire_.output().Append(exchange.held_.view());
      exchange.held_.Clear();
    }
    if (exchange.state_ != Http1Exchange::State::kDone) {
      if (exchange.resume_) wire_.WatchOutput();
      break;
    }
    const bool closes = exchange.closes_;
    front_ = exchange.next_;
    if (front_ == nullptr) back_ = nullptr;
    --depth_;
    Detach(exchange);
    if (closes) {
      wire_.CloseAfterOutput();
      OnClosed();
      return;
    }
  }
  if (was_full) wire_.Resume();
}

void Http1Codec::Detach(Http1Exchange& exchange) {
  if (current_ == &exchange) current_ = nullptr;
  exchange.Detach();
  if (exchange.released_) exchange.ReturnToService();
}

void Http1Codec::AbortAll() {
  wire_.Abort();
  OnClosed();
}

void Http1Codec::OnClosed() {
  closed_ = deaf_ = true;
  Http1Exchange* exchange = std::exchange(front_, nullptr);
  back_ = nullptr;
  depth_ = 0;
  while (exchange != nullptr) {
    Http1Exchange* next = exchange->next_;
    auto resume = std::exchange(exchange->resume_, {});
    Detach(*exchange);
    if (resume) resume();
    exchange = next;
  }
}

void Http1Codec::SendContinue() {
  continue_due_ = front_ != nullptr;
  if (!continue_due_) wire_.output().Append("HTTP/1.1 100 Continue\r\n\r\n");
}

void Http1Codec::OnEndOfInput() {
  input_ended_ = deaf_ = true;
  phase_ = Phase::kHead;
  has_partial_head_ = more_input_ = false;
  if (front_ == nullptr) wire_.CloseAfterOutput();
}

void Http1Codec::OnOutputLow() {
  if (front_ != nullptr) front_->CallResume();
  wire_.Resume();
}

void Http1Codec::StartBodyWindow() {
  window_start_ = received_;
  receive_deadline_ = wire_.now() + service_.limits().body_window;
}

void Http1Codec::UpdateDeadline() {
  if (receiving()) {
    wire_.SetDeadline(receive_deadline_);
  } else if (front_ == nullptr && !closed_) {
    wire_.SetDeadline(std::min(idle_until_, wire_.now() + service_.limits().idle_timeout));
  } else {
    wire_.SetDeadline(base::Instant::max());
  }
}

void Http1Codec::OnDeadline() {
  if (phase_ != Phase::kHead && received_ - window_start_ >= service_.limits().body_window_bytes) {
    StartBodyWindow();
    return UpdateDeadline();
  }
  if (receiving()) {
    Refuse({408, "the request did not arrive in time"});
    return UpdateDeadline();
  }
  if (front_ == nullptr) wire_.CloseAfterOutput();
}

void Http1Codec::StartDrain(base::Instant idle_until) {
  draining_ = true;
  idle_until_ = idle_until;
  UpdateDeadline();
}

}  // namespace moorage::http1
