#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "edge/api/exchange.h"
#include "edge/http1/http1_parser.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::http1 {

class Http1Codec;
class Http1Service;

// One request of an HTTP/1.1 connection and its answer. Answers that are ready before their turn
// wait here as text. Owned by the service, used again and again.
class Http1Exchange : public api::Exchange {
 public:
  explicit Http1Exchange(Http1Service& service) : service_(service) {}

  const api::Request& request() const override { return request_; }
  void Send(const api::Answer& answer) override;
  void Fail(const base::Error& error) override;
  void Begin(const api::Answer& head) override;
  bool Write(std::string_view chunk) override;
  void Finish() override;
  void WhenWritable(base::InlineFunction<void(), 64> resume) override;
  bool alive() const override;

 private:
  friend class Http1Codec;

  enum class State : std::uint8_t { kPending, kStreaming, kDone };
  enum class BodyForm : std::uint8_t { kLength, kChunked, kUntilClose, kNone };

  void Start(Http1Codec& codec, const Http1Head& head, std::string_view body);
  // Views of the request die; what the answer needs is kept.
  void ForgetRequest();
  // The connection has gone.
  void Detach();
  void CallResume();
  void ReturnToService();
  void Release() override;

  // Where this answer's text goes now: to the wire if it is its turn.
  json::ByteBuffer& Out();
  void WriteHead(const api::Answer& answer, BodyForm form, json::ByteBuffer& out);

  Http1Service& service_;
  Http1Codec* codec_ = nullptr;    // null once the connection is gone or the answer is on its way
  Http1Exchange* next_ = nullptr;  // in the order of the connection
  api::Request request_;
  json::ByteBuffer held_;
  base::InlineFunction<void(), 64> resume_;
  State state_ = State::kDone;
  BodyForm form_ = BodyForm::kLength;
  int status_ = 0;
  bool released_ = true;
  bool keep_alive_ = true;  // the client may send another request
  bool http10_ = false;
  bool head_only_ = false;
  bool closes_ = false;  // the connection ends after this answer
};

}  // namespace moorage::http1
