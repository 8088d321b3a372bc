#pragma once

// A connection: transport, buffers, backpressure and the end of its life. The reactor's thread
// only.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "edge/net/codec.h"
#include "edge/net/connection_state.h"
#include "edge/net/connection_types.h"
#include "edge/net/reactor.h"
#include "edge/net/transport.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::net {

// Moves bytes between a transport and a codec, which alone knows what they mean. Reads at most once
// per event and writes at most once per tick.
class Connection : public Wire, public EventSink {
 public:
  Connection(ConnectionHost& host, std::unique_ptr<Transport> transport, std::string peer,
             const ConnectionLimits& limits);
  ~Connection() override;

  // Returns false if epoll refuses the socket.
  bool Open();
  // Calls Codec::OnClosed() and returns the output buffer to the host. The table calls this before
  // it destroys the connection.
  void Close();

  ConnectionState state() const { return state_; }
  // Returns true if the peer is owed nothing.
  bool idle() const {
    return state_ == ConnectionState::kLingering ||
           (output_.empty() && (codec_ == nullptr || codec_->idle()));
  }
  // Returns true if it may end for a client that waits.
  bool may_be_shed() const {
    return state_ == ConnectionState::kLingering ||
           (output_.empty() && (codec_ == nullptr || codec_->may_be_shed()));
  }
  // Its place in the table.
  std::size_t slot() const { return slot_; }
  void set_slot(std::size_t slot) { slot_ = slot; }

  void OnEvents(std::uint32_t events) override;
  void EndTick();
  void OnPulse(base::Instant now);
  void StartDrain(base::Instant idle_until);

  json::ByteBuffer& output() override;
  std::size_t output_size() const override { return output_.size(); }
  base::Instant now() const override { return host_.reactor().now(); }
  base::Instant arrived() const override { return arrived_; }
  const std::string& peer() const override { return peer_; }
  std::string_view negotiated() const override { return transport_->Protocol(); }
  base::MemoryBudget* memory() const override { return host_.memory(); }
  TakenInput TakeInput() override;
  bool ReserveOutput(std::size_t bytes) override;
  void GiveOutput(json::ByteBuffer output, base::MemoryCharge charge) override;
  void Resume() override;
  void WatchOutput() override;
  void SetDeadline(base::Instant deadline) override { deadline_ = deadline; }
  void CloseAfterOutput() override;
  void Abort() override;

 private:
  void MoveTo(ConnectionState next);
  void MoveTo(InputState next);

  void Handshake();
  void Read();
  // Charges room for so much more input. Without it what is received is refused.
  bool ReserveInput(std::size_t bytes);
  void TrimInput();
  // Reads while lingering.
  void Discard();
  void NoteArrival();
  void Consume(std::string_view fresh);
  // Reports the end of input to the codec once the codec has seen all input.
  void DeliverEnd();
  void Write();
  void StartWriteWindow();
  // Returns the output that the peer has, as far as the transport tells.
  std::uint64_t Acknowledged() const;
  bool MayReadOn() const { return codec_ == nullptr || codec_->wants_input(); }
  void Linger();
  void WatchWhatIsNeeded();
  void Touch();

  ConnectionHost& host_;
  const std::unique_ptr<Transport> transport_;
  const std::string peer_;
  const ConnectionLimits& limits_;
  std::unique_ptr<Codec> codec_;  // null until the first bytes have shown the protocol
  json::ByteBuffer input_;        // what the codec has left
  json::ByteBuffer output_;       // what is not sent
  base::MemoryCharge input_charge_;
  base::MemoryCharge output_charge_;
  std::uint64_t written_ = 0;       // bytes that the transport has taken
  std::uint64_t acknowledged_ = 0;  // of them, when the window began
  base::Instant arrived_{};         // the bytes of the latest read
  base::Instant deadline_ = base::Instant::max();
  base::Instant write_deadline_ = base::Instant::max();
  base::Instant linger_until_ = base::Instant::max();
  std::optional<base::Instant> drain_until_;  // set while the server drains
  std::size_t discarded_ = 0;
  std::uint32_t watched_ = 0;  // epoll's events

  ConnectionState state_ = ConnectionState::kHandshaking;
  InputState input_state_ = InputState::kOpen;
  // Requests for the end of a tick. They are no state, because every combination occurs: the table
  // clears the first, a codec sets the others whenever it likes.
  struct Marks {
    bool touched = false;      // is in the table's list
    bool resume = false;       // Wire::Resume()
    bool buffered = false;     // the transport holds input that epoll does not report
    bool output_low = false;   // Wire::WatchOutput()
    bool has_read = false;     // the transport has moved bytes before
    bool peer_closed = false;  // epoll has reported the peer's FIN, read or not
  } marks_;
  std::size_t slot_ = 0;
};

}  // namespace moorage::net
