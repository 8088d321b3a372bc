#include "edge/http1/http1_exchange.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstring>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "edge/api/content_coding.h"
#include "edge/api/error_body.h"
#include "edge/api/status_map.h"
#include "edge/http1/http1_codec.h"
#include "edge/http1/http1_service.h"
#include "edge/net/codec.h"

namespace moorage::http1 {
namespace {

constexpr int kClientGone = 499;
constexpr std::size_t kMostHead = 4U << 10U;    // of an answer, but for rare headers
constexpr std::size_t kKeptBytes = 64U << 10U;  // memory that a free exchange may hold

// A break in a header would begin another header or another answer (response splitting).
bool IsClean(std::string_view text) {
  constexpr std::string_view kBreaks("\r\n\0", 3);
  return text.find_first_of(kBreaks) == std::string_view::npos;
}

// RFC 9110, 6.4.1.
bool HasBody(int status) { return status >= 200 && status != 204 && status != 304; }

// Writes text into room that is known to suffice.
class Cursor {
 public:
  explicit Cursor(std::span<char> room) : start_(room.data()), at_(room.data()), room_(room) {}

  void Put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void PutNumber(std::size_t number) {
    at_ = std::to_chars(at_, room_.data() + room_.size(), number).ptr;
  }
  std::size_t size() const { return static_cast<std::size_t>(at_ - start_); }

 private:
  char* start_;
  char* at_;
  std::span<char> room_;
};

void PutStatusLine(int status, Cursor& cursor) {
  if (status == 200) return cursor.Put("HTTP/1.1 200 OK\r\n");
  cursor.Put("HTTP/1.1 ");
  cursor.PutNumber(static_cast<std::size_t>(std::clamp(status, 100, 999)));
  cursor.Put(" ");
  cursor.Put(api::ReasonPhrase(status));
  cursor.Put("\r\n");
}

}  // namespace

void Http1Exchange::Start(Http1Codec& codec, const Http1Head& head, std::string_view body) {
  MoveTo(ExchangeState::kPending);
  codec_ = &codec;
  TakeRequest(head, body);
  status_ = 0;
  http10_ = head.minor_version == 0;
  head_only_ = head.method == api::Method::kHead;
  closes_ = !head.keep_alive;
}

void Http1Exchange::TakeRequest(const Http1Head& head, std::string_view body) {
  request_.method = head.method;
  if (head.method == api::Method::kOther) request_.method_text = head.method_text;
  request_.path = head.path;
  request_.query = head.query;
  request_.headers = head.headers;
  request_.body = body;
}

void Http1Exchange::Complete(const Http1Head& head, std::string_view body) {
  TakeRequest(head, body);
}

void Http1Exchange::AwaitBody(api::ExchangeRef self) {
  // The copy of the head ends with this call. The codec parses the head again.
  DropAdopted();
  if (codec_ != nullptr) codec_->OnAdmitted(std::move(self));
}

base::Result<api::OwnedBody> Http1Exchange::TakeBody(base::MemoryCharge charge) {
  if (codec_ != nullptr) {
    net::TakenInput taken = codec_->TakeBodyMemory(request_.body);
    if (!taken.memory.empty()) {
      // The bytes stay where they are while their owner changes.
      return api::OwnedBody(std::make_shared<json::ByteBuffer>(std::move(taken.memory)),
                            request_.body, std::move(taken.charge));
    }
  }
  return Exchange::TakeBody(std::move(charge));
}

void Http1Exchange::MoveTo(ExchangeState next) {
  assert(base::MayMove(kExchangeMoves, state_, next));
  state_ = next;
}

void Http1Exchange::Detach() {
  codec_ = nullptr;
  held_.Clear();
  // What was held may have moved to the connection, which charges it from now on.
  if (held_charge_.bytes() > 0) static_cast<void>(held_charge_.Resize(held_.capacity()));
  if (state_ == ExchangeState::kReleased) ReturnToService();
}

void Http1Exchange::OnClientGone() {
  // Detach() may free the exchange, so the functions are taken out before.
  auto resume = std::exchange(resume_, {});
  auto gone = std::exchange(gone_, {});
  Detach();
  if (resume) resume();
  if (gone) gone();
}

void Http1Exchange::CallResume() {
  if (resume_) std::exchange(resume_, {})();
}

void Http1Exchange::WhenGone(base::InlineFunction<void(), 64> gone) {
  if (alive()) {
    gone_ = std::move(gone);
    codec_->OnClientWatched();
  } else {
    gone();
  }
}

bool Http1Exchange::alive() const { return codec_ != nullptr && codec_->alive(); }

json::ByteBuffer& Http1Exchange::Out() {
  return codec_ != nullptr ? codec_->OutputOf(*this) : held_;
}

bool Http1Exchange::MustReserve(const api::Answer& answer) const {
  if (answer.body.size() > net::kUnchargedOutput) return true;
  // An answer that waits for its turn is kept, whatever its size. The error that says that there is
  // no memory is small, and is kept without a charge.
  return !codec_->HasTurn(*this) && facts_.reason != api::AnswerReason::kMemory;
}

bool Http1Exchange::Reserve(std::size_t bytes) {
  if (codec_->HasTurn(*this)) return codec_->wire().ReserveOutput(bytes);
  base::MemoryBudget* memory = codec_->wire().memory();
  if (memory == nullptr) return true;
  if (held_charge_.bytes() == 0) {
    held_charge_ = base::MemoryCharge(*memory, base::MemoryPurpose::kAnswers);
  }
  return held_charge_.Resize(held_.CapacityFor(bytes)).ok();
}

void Http1Exchange::WriteHead(const api::Answer& answer, BodyForm form, json::ByteBuffer& out) {
  constexpr std::size_t kFixed = 480;  // status line, Date, names of headers, numbers
  const std::string_view date = codec_->date();
  // One reservation for the whole head, so that nothing is checked per piece. Every piece below
  // must be part of the bound.
  std::size_t bound = kFixed + answer.content_type.size() + context_.request_id.size();
  bound += allowed_origin().size() + vary().size();
  for (const api::Header& header : answer.headers)
    bound += header.name.size() + header.value.size() + 4;

  Cursor cursor(out.Room(bound));
  PutStatusLine(answer.status, cursor);
  cursor.Put(date);
  if (!answer.content_type.empty() && HasBody(answer.status)) {
    cursor.Put("Content-Type: ");
    cursor.Put(answer.content_type);
    cursor.Put("\r\n");
  }
  if (form == BodyForm::kLength) {
    cursor.Put("Content-Length: ");
    cursor.PutNumber(answer.body.size());
    cursor.Put("\r\n");
  } else if (form == BodyForm::kChunked) {
    cursor.Put("Transfer-Encoding: chunked\r\n");
  }
  cursor.Put("X-Request-Id: ");
  cursor.Put(context_.request_id);
  cursor.Put("\r\n");
  if (!api_version().empty()) {
    cursor.Put("API-Version: ");
    // Cut to its part of kFixed.
    cursor.Put(api_version().substr(0, 16));
    cursor.Put("\r\n");
  }
  if (!vary().empty()) {
    cursor.Put("Vary: ");
    cursor.Put(vary());
    cursor.Put("\r\n");
  }
  if (!allowed_origin().empty()) {
    cursor.Put("Access-Control-Allow-Origin: ");
    cursor.Put(allowed_origin());
    cursor.Put("\r\nAccess-Control-Expose-Headers: X-Request-Id, API-Version, Retry-After\r\n");
  }
  for (const api::Header& header : answer.headers) {
    if (!IsClean(header.name) || !IsClean(header.value)) continue;
    cursor.Put(header.name);
    cursor.Put(": ");
    cursor.Put(header.value);
    cursor.Put("\r\n");
  }
  if (closes_) {
    cursor.Put("Connection: close\r\n\r\n");
  } else if (http10_) {
    // Without the header a client of HTTP/1.0 expects the close.
    cursor.Put("Connection: keep-alive\r\n\r\n");
  } else {
    cursor.Put("\r\n");
  }
  out.Commit(cursor.size());
}

void Http1Exchange::Send(const api::Answer& answer) {
  // The first answer counts. A second would be taken for the answer to the next request.
  if (state_ != ExchangeState::kPending) return;
  const bool is_compressed = !answer.readable_body.empty();
  if ((is_compressed || answer.body.size() > api::kLeastCompressed) && HasBody(answer.status)) {
    set_vary(vary().empty() ? "Accept-Encoding" : "Origin, Accept-Encoding");
    // Compressing a larger one here would hold up other clients.
    const bool fits = answer.body.size() <= api::kMostCompressedAtOnce;
    if (!is_compressed && fits && accepts_gzip() && codec_ != nullptr && SendCompressed(answer)) {
      return;
    }
  }
  SendAs(answer);
}

bool Http1Exchange::SendCompressed(const api::Answer& answer) {
  const auto compressed = service_.deflater().Compress(answer.body);
  if (!compressed.has_value()) return false;
  std::vector<api::Header> headers(answer.headers.begin(), answer.headers.end());
  headers.push_back({"Content-Encoding", "gzip"});
  SendAs({.status = answer.status,
          .content_type = answer.content_type,
          .body = *compressed,
          .headers = headers,
          .readable_body = answer.body});
  return true;
}

bool Http1Exchange::MayMoveBody(const api::Answer& answer) {
  return answer.memory != nullptr && answer.body.size() > net::kUnchargedOutput &&
         codec_ != nullptr && !head_only_ && HasBody(answer.status) && Out().empty();
}

// Puts the head before the body, in the memory of the body.
std::string_view Http1Exchange::MoveBody(const api::Answer& answer) {
  json::ByteBuffer head;
  WriteHead(answer, BodyForm::kLength, head);
  api::AnswerMemory& memory = *answer.memory;
  if (!memory.bytes.Prepend(head.view())) {
    // A head that is larger than the room for it. Both are held for a moment.
    head.Append(memory.bytes.view());
    memory.bytes = std::move(head);
  }
  const std::string_view output = memory.bytes.view();
  const std::string_view body = output.substr(output.size() - answer.body.size());
  if (codec_->HasTurn(*this)) {
    codec_->wire().GiveOutput(std::move(memory.bytes), std::move(memory.charge));
  } else {
    held_ = std::move(memory.bytes);
    held_charge_ = std::move(memory.charge);
  }
  return body;
}

void Http1Exchange::SendAs(const api::Answer& answer) {
  const bool moves = MayMoveBody(answer);
  if (codec_ != nullptr && !moves && MustReserve(answer) &&
      !Reserve(answer.body.size() + kMostHead)) {
    facts_.reason = api::AnswerReason::kMemory;
    return Fail({base::Code::kUnavailable, "the server has no memory left for this answer"});
  }
  MoveTo(ExchangeState::kAnswered);
  if (gone_) gone_ = {};
  status_ = answer.status;
  if (codec_ == nullptr) return service_.Report(*this, kClientGone, {});
  closes_ = codec_->EndsWith(*this);
  const bool has_body = HasBody(answer.status);
  json::ByteBuffer& out = Out();
  std::string_view body = answer.body;
  if (moves) {
    body = MoveBody(answer);
  } else {
    WriteHead(answer, has_body ? BodyForm::kLength : BodyForm::kNone, out);
    // HEAD has the length of the body without the body (RFC 9110, 9.3.2).
    if (!head_only_ && has_body) out.Append(answer.body);
  }
  service_.Report(*this, answer.status, answer.readable_body.empty() ? body : answer.readable_body);
  codec_->OnAnswered(*this);
}

void Http1Exchange::Fail(const base::Error& error) {
  api::SendError(*this, api::HttpStatus(error.code), base::ClientCode(error), error);
}

void Http1Exchange::Begin(const api::Answer& head) {
  if (state_ != ExchangeState::kPending) return;
  MoveTo(ExchangeState::kStreaming);
  status_ = head.status;
  if (codec_ == nullptr) return;
  if (!HasBody(head.status)) {
    form_ = BodyForm::kNone;
  } else if (http10_) {
    // HTTP/1.0 has no chunks. The end of the connection marks the end of the body.
    form_ = BodyForm::kUntilClose;
    closes_ = true;
  } else {
    form_ = BodyForm::kChunked;
  }
  closes_ = codec_->EndsWith(*this);
  WriteHead(head, form_, Out());
}

bool Http1Exchange::Write(std::string_view chunk) {
  if (state_ != ExchangeState::kStreaming || !alive()) return false;
  json::ByteBuffer& out = Out();
  // An empty chunk would end the body.
  if (!chunk.empty() && !head_only_ && form_ != BodyForm::kNone) {
    if (form_ == BodyForm::kChunked) {
      char size[20];
      char* end = std::to_chars(size, size + 16, chunk.size(), 16).ptr;
      *end++ = '\r';
      *end++ = '\n';
      out.Append({size, end});
      out.Append(chunk);
      out.Append("\r\n");
    } else {
      out.Append(chunk);
    }
  }
  return out.size() < service_.limits().high_water;
}

void Http1Exchange::Finish() {
  if (state_ != ExchangeState::kStreaming) return;
  MoveTo(ExchangeState::kAnswered);
  resume_ = {};
  gone_ = {};
  if (!alive()) return service_.Report(*this, kClientGone, {});
  if (form_ == BodyForm::kChunked && !head_only_) Out().Append("0\r\n\r\n");
  service_.Report(*this, status_, {});
  codec_->OnAnswered(*this);
}

void Http1Exchange::WhenWritable(base::InlineFunction<void(), 64> resume) {
  resume_ = std::move(resume);
  if (codec_ != nullptr) {
    codec_->WatchOutput();
  } else {
    CallResume();
  }
}

void Http1Exchange::Release() {
  if (state_ == ExchangeState::kPending && codec_ != nullptr) {
    // The only exception of this program is the one for want of memory.
    if (std::uncaught_exceptions() > 0) facts_.reason = api::AnswerReason::kMemory;
    Fail(std::uncaught_exceptions() > 0
             ? base::Error{base::Code::kUnavailable, "the server has no memory for this request"}
             : base::Error{base::Code::kInternal, "the request was dropped without an answer"});
  } else if (state_ == ExchangeState::kPending) {
    service_.Report(*this, kClientGone, {});
  } else if (state_ == ExchangeState::kStreaming) {
    // The client must not take the part that was sent for the whole.
    MoveTo(ExchangeState::kAnswered);
    service_.Report(*this, alive() ? 500 : kClientGone, {});
    if (codec_ != nullptr) codec_->Abort();
  }
  if (codec_ == nullptr) return ReturnToService();
  MoveTo(ExchangeState::kReleased);
}

void Http1Exchange::ReturnToService() {
  MoveTo(ExchangeState::kFree);
  ResetCall();
  resume_ = {};
  gone_ = {};
  held_.Clear();
  if (held_.capacity() > kKeptBytes) {
    held_.Release();
    held_charge_.Release();
  }
  if (facts_.payload.capacity() > kKeptBytes) std::string().swap(facts_.payload);
  service_.Recycle(*this);
}

}  // namespace moorage::http1
