#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "edge/http1/chunked_decoder.h"
#include "edge/http1/http1_parser.h"
#include "edge/http1/http1_service.h"
#include "edge/net/codec.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::http1 {

class Http1Exchange;

// HTTP/1.1 and 1.0 on one connection: requests may be pipelined, handlers may finish them in any
// order, answers leave in the order of the requests. After a request that cannot be read the rest
// of the connection is not understood: one error answer, then the end.
class Http1Codec : public net::Codec {
 public:
  Http1Codec(net::Wire& wire, Http1Service& service);
  ~Http1Codec() override;

  std::size_t Consume(std::string_view bytes) override;
  bool wants_input() const override;
  std::size_t wanted_bytes() const override { return phase_ == Phase::kBody ? request_bytes_ : 0; }
  void OnEndOfInput() override;
  void OnOutputLow() override;
  void OnDeadline() override;
  void OnClosed() override;
  void StartDrain(base::Instant idle_until) override;
  bool idle() const override { return front_ == nullptr && !receiving(); }

 private:
  friend class Http1Exchange;

  enum class Phase : std::uint8_t { kHead, kBody, kChunks };

  // For exchanges.
  bool alive() const { return !closed_; }
  std::string_view date() { return service_.date().At(wire_.now()); }
  json::ByteBuffer& OutputOf(Http1Exchange& exchange);
  // Whether the connection ends after this answer, whose head is about to be written.
  bool DecideToClose(const Http1Exchange& exchange);
  void OnAnswered(Http1Exchange& exchange);
  void WatchOutput() { wire_.WatchOutput(); }
  void AbortAll();

  // Each takes from the front of `bytes` and answers how much; nothing if more is needed.
  std::optional<std::size_t> ConsumeHead(std::string_view bytes);
  std::optional<std::size_t> ConsumeBody(std::string_view bytes);
  std::optional<std::size_t> ConsumeChunks(std::string_view bytes);

  void Dispatch(std::string_view body);
  // `head` is what is known of the request.
  void Refuse(const FramingError& error, Http1Head head = {});
  Http1Exchange& Enqueue(const Http1Head& head, std::string_view body);
  void PopAnswered();
  void Detach(Http1Exchange& exchange);
  void SendContinue();
  bool receiving() const { return phase_ != Phase::kHead || has_partial_head_; }
  void StartBodyWindow();
  void UpdateDeadline();

  net::Wire& wire_;
  Http1Service& service_;

  Phase phase_ = Phase::kHead;
  bool has_partial_head_ = false;
  bool more_input_ = false;  // bytes behind the request at hand have arrived already
  bool deaf_ = false;        // nothing more is read as a request
  bool input_ended_ = false;
  bool draining_ = false;
  bool closed_ = false;
  bool continue_due_ = false;  // "100 Continue" waits for earlier answers
  Http1Parser::Progress progress_;
  std::size_t leading_breaks_ = 0;  // empty lines since the last request
  std::size_t head_bytes_ = 0;
  std::size_t request_bytes_ = 0;  // head and body, while in kBody
  std::size_t received_ = 0;       // of the body
  std::size_t window_start_ = 0;   // received_ when the window began
  base::Instant receive_deadline_ = base::Instant::max();
  base::Instant idle_until_ = base::Instant::max();

  // A chunked request: the head, then the decoded body, contiguous.
  json::ByteBuffer unchunked_;
  std::optional<ChunkedDecoder> decoder_;

  // Requests that are not answered to the wire, oldest first.
  Http1Exchange* front_ = nullptr;
  Http1Exchange* back_ = nullptr;
  Http1Exchange* current_ = nullptr;  // being dispatched
  std::size_t depth_ = 0;
};

}  // namespace moorage::http1
