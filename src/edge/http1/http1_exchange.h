#pragma once

// A request of HTTP/1.1 and its answer. The reactor's thread only.

#include <cstdint>
#include <string_view>
#include <utility>

#include "edge/api/exchange.h"
#include "edge/http1/answer_queue.h"
#include "edge/http1/exchange_state.h"
#include "edge/http1/http1_types.h"
#include "foundation/base/memory_budget.h"

namespace moorage::http1 {

class Http1Codec;
class Http1Service;

// One request of an HTTP/1.1 connection and its answer. The service owns it and uses it again.
class Http1Exchange : public api::Exchange, public QueuedAnswer<Http1Exchange> {
 public:
  explicit Http1Exchange(Http1Service& service) : service_(service) {}

  // For handlers.
  void Send(const api::Answer& answer) override;
  void Fail(const base::Error& error) override;
  void Begin(const api::Answer& head) override;
  bool Write(std::string_view chunk) override;
  void Finish() override;
  void WhenWritable(base::InlineFunction<void(), 64> resume) override;
  void WhenGone(base::InlineFunction<void(), 64> gone) override;
  bool alive() const override;
  void AwaitBody(api::ExchangeRef self) override;
  base::Result<api::OwnedBody> TakeBody(base::MemoryCharge charge) override;

  // For the codec.
  void Start(Http1Codec& codec, const Http1Head& head, std::string_view body);
  // The body of a request has arrived after its head.
  void Complete(const Http1Head& head, std::string_view body);
  using api::Exchange::ForgetRequest;
  // The answer is on its way.
  void Detach();
  // The connection is gone. What is answered from now on is discarded.
  void OnClientGone();
  // The client has closed its side. It may still read.
  void CallGone() { std::exchange(gone_, {})(); }
  bool watches_client() const { return static_cast<bool>(gone_); }
  void CallResume();
  bool awaits_output() const { return static_cast<bool>(resume_); }
  // Returns true once the answer is whole.
  bool complete() const { return state_ >= ExchangeState::kAnswered; }
  // Returns true if the connection ends after this answer.
  bool closes() const { return closes_; }
  void CloseAfter() { closes_ = true; }

 private:
  void TakeRequest(const Http1Head& head, std::string_view body);
  enum class BodyForm : std::uint8_t { kLength, kChunked, kUntilClose, kNone };

  void MoveTo(ExchangeState next);
  void ReturnToService();
  void Release() override;

  // Sends the answer compressed. Returns false if that does not make it smaller.
  bool SendCompressed(const api::Answer& answer);
  void SendAs(const api::Answer& answer);
  // True if the memory for this answer is charged before it is written.
  bool MustReserve(const api::Answer& answer) const;
  // The body can be sent from the memory in which it lies.
  bool MayMoveBody(const api::Answer& answer);
  // Returns where the body lies then.
  std::string_view MoveBody(const api::Answer& answer);
  // Charges room for so much more text of this answer. Returns false if there is none.
  bool Reserve(std::size_t bytes);
  // Returns where this answer's text goes now.
  json::ByteBuffer& Out();
  void WriteHead(const api::Answer& answer, BodyForm form, json::ByteBuffer& out);

  Http1Service& service_;
  Http1Codec* codec_ = nullptr;  // null once the connection is gone or the answer is on its way
  base::MemoryCharge held_charge_;
  base::InlineFunction<void(), 64> resume_;
  base::InlineFunction<void(), 64> gone_;
  ExchangeState state_ = ExchangeState::kFree;
  BodyForm form_ = BodyForm::kLength;
  int status_ = 0;
  // Facts of the request, not states.
  bool http10_ = false;
  bool head_only_ = false;  // HEAD
  bool closes_ = false;     // the client asked for it, or the answer's head has announced it
};

}  // namespace moorage::http1
