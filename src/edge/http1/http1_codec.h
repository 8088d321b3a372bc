#pragma once

// The codec of HTTP/1.1 and 1.0. The reactor's thread only.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "edge/http1/answer_queue.h"
#include "edge/http1/chunked_decoder.h"
#include "edge/http1/http1_exchange.h"
#include "edge/http1/http1_parser.h"
#include "edge/http1/http1_service.h"
#include "edge/http1/receive_state.h"
#include "edge/net/codec.h"
#include "foundation/base/memory_budget.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::http1 {

// HTTP/1.1 and 1.0 on one connection. Requests may be pipelined and handlers may finish them in any
// order. Answers leave in the order of the requests. A request that cannot be read gets one error
// answer, then the connection ends, because the start of the next request is not known.
class Http1Codec : public net::Codec {
 public:
  Http1Codec(net::Wire& wire, Http1Service& service);
  ~Http1Codec() override;

  std::size_t Consume(std::string_view bytes) override;
  bool wants_input() const override;
  std::size_t wanted_bytes() const override {
    return state_ == ReceiveState::kBody ? request_bytes_ : 0;
  }
  void OnEndOfInput() override;
  void OnPeerClosed() override;
  void OnOutputLow() override;
  void OnNoMemory() override;
  void OnDeadline() override;
  void OnClosed() override;
  void StartDrain(base::Instant idle_until) override;
  bool idle() const override { return answers_.empty() && !IsReceiving(state_); }
  bool may_be_shed() const override {
    return answers_.empty() && (!IsReceiving(state_) || state_ == ReceiveState::kHead);
  }

  // For the exchanges of this connection.

  // Returns false once answers are discarded.
  bool alive() const { return state_ != ReceiveState::kClosed; }
  // Returns the Date header.
  std::string_view date() { return service_.date().At(wire_.now()); }
  json::ByteBuffer& OutputOf(Http1Exchange& exchange) { return answers_.OutputOf(exchange); }
  // Returns true if the answer writes to the wire.
  bool HasTurn(const Http1Exchange& exchange) const { return &exchange == answers_.front(); }
  net::Wire& wire() { return wire_; }
  // Decides whether the connection ends after this answer, whose head is about to be written. If it
  // does, no further request is read.
  bool EndsWith(const Http1Exchange& exchange);
  // The answer is whole.
  void OnAnswered(Http1Exchange& exchange);
  void WatchOutput() { wire_.WatchOutput(); }
  // Ends the connection with a part of an answer on the wire.
  void Abort();
  // Gives the memory of the request that is dispatched to its handler. Nothing if other bytes lie
  // in it too, or if `body` is elsewhere.
  net::TakenInput TakeBodyMemory(std::string_view body);
  // The authenticator has admitted the request whose head was judged in an earlier tick.
  void OnAdmitted(api::ExchangeRef exchange);
  // A handler waits for the news that its client has gone.
  void OnClientWatched() {
    if (peer_closed_) wire_.Resume();
  }

 private:
  // Where the body of the request lies that is dispatched.
  enum class BodyMemory : std::uint8_t { kShared, kWire, kUnchunked };

  // Each takes from the front of `bytes` and returns the number of bytes taken. Returns nothing if
  // it needs more.
  std::optional<std::size_t> ConsumeHead(std::string_view bytes);
  // Asks the dispatcher whether it wants the body that follows the head at the front of `bytes`.
  std::optional<std::size_t> JudgeHead(std::string_view bytes);
  std::optional<std::size_t> StartBody(std::string_view bytes);
  std::optional<std::size_t> ConsumeBody(std::string_view bytes);
  std::optional<std::size_t> ConsumeChunks(std::string_view bytes);
  std::size_t Skip(std::string_view bytes);

  void MoveTo(ReceiveState next);
  // A whole request that arrived in one piece, and one whose head was judged before.
  void Dispatch(std::string_view body);
  void DispatchAdmitted(std::string_view body, BodyMemory memory);
  void Refuse(const FramingError& error);
  Http1Exchange& Enqueue(const Http1Head& head, std::string_view body);
  void SendContinue();
  void StartBodyWindow();
  // What the client sends was not read for a while, by our own choice.
  void RestartClock();
  // Charges room for so much more of a chunked body. Returns false if there is none.
  bool ReserveUnchunked(std::size_t bytes);
  void ReleaseUnchunked();
  // Returns true at the bound of requests that are not answered.
  bool is_full() const {
    const std::size_t arriving = incoming_ != nullptr ? 1 : 0;
    return answers_.depth() - arriving >= service_.limits().max_pipelined;
  }
  void UpdateDeadline();

  net::Wire& wire_;
  Http1Service& service_;
  AnswerQueue<Http1Exchange> answers_;

  ReceiveState state_ = ReceiveState::kIdle;
  bool peer_closed_ = false;  // the client has closed its side, in any state
  bool more_input_ = false;   // bytes behind the request at hand have arrived, in any state
  base::Instant drain_until_ = base::Instant::max();  // max() while the server does not drain

  // Bytes that Consume() has left before, and when the first of them arrived.
  std::size_t known_ = 0;
  base::Instant known_since_{};

  // The request whose head is judged and whose body has not arrived.
  Http1Exchange* incoming_ = nullptr;
  api::ExchangeRef incoming_owner_;  // null while its authenticator decides
  bool incoming_closes_ = false;     // the connection ends if it is answered now

  // Of the request at hand.
  base::Instant start_{};  // arrival of its first byte
  std::size_t most_body_ = 0;
  std::size_t skip_left_ = 0;  // while in kSkip
  bool is_chunked_ = false;
  bool invites_ = false;  // the client waits for "100 Continue"
  Http1Parser::Progress progress_;
  std::size_t leading_breaks_ = 0;  // empty lines since the last request
  std::size_t head_bytes_ = 0;
  std::size_t request_bytes_ = 0;  // head and body, while in kBody
  std::size_t received_ = 0;       // of the body
  std::size_t window_start_ = 0;   // received_ when the window began
  base::Instant receive_deadline_ = base::Instant::max();
  // A chunked request. The head, then the decoded body, contiguous.
  json::ByteBuffer unchunked_;
  base::MemoryCharge unchunked_charge_;
  std::optional<ChunkedDecoder> decoder_;
  // While an admitted request is dispatched.
  std::string_view dispatched_body_;
  BodyMemory body_memory_ = BodyMemory::kShared;
};

}  // namespace moorage::http1
