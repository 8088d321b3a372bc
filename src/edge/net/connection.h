#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "edge/net/codec.h"
#include "edge/net/reactor.h"
#include "edge/net/transport.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::net {

class Connection;

// What the connections of one reactor share.
class ConnectionHost {
 public:
  virtual ~ConnectionHost() = default;

  virtual Reactor& reactor() = 0;
  // Memory for one read, free again when the read has been consumed.
  virtual std::span<char> scratch() = 0;
  // Output buffers go round, so that an idle connection holds none.
  virtual json::ByteBuffer TakeBuffer() = 0;
  virtual void GiveBuffer(json::ByteBuffer buffer) = 0;
  // Connection::EndTick() is called at the end of this tick.
  virtual void Touch(Connection& connection) = 0;
  // Makes the codec that understands `first`, the first bytes of the connection; nothing if it
  // takes more bytes to tell.
  virtual std::unique_ptr<Codec> ChooseCodec(std::string_view first, Wire& wire) = 0;
};

struct ConnectionLimits {
  base::Duration first_byte = std::chrono::seconds(75);
  base::Duration write_stall = std::chrono::seconds(30);    // the peer takes nothing of the output
  base::Duration linger_silence = std::chrono::seconds(2);  // after FIN, without a byte
  base::Duration drain_silence = std::chrono::seconds(1);   // the same while draining
  base::Duration linger = std::chrono::seconds(30);         // after FIN, in all
  std::size_t linger_bytes = 256U << 20U;                   // thrown away after FIN
  std::size_t low_water = 64U << 10U;
};

// A connection: transport, buffers, backpressure and the end of its life. It knows nothing of what
// its bytes mean; the codec does. At most one read per event and one write per tick.
class Connection : public Wire, public EventSink {
 public:
  Connection(ConnectionHost& host, std::unique_ptr<Transport> transport, std::string peer,
             const ConnectionLimits& limits);
  ~Connection() override;

  // False if it cannot be watched.
  bool Open();

  // Nothing more happens on this connection: to be destroyed, not before the tick ends.
  bool gone() const { return gone_; }
  // Nothing is owed to the peer.
  bool idle() const {
    return lingering_ || (output_.empty() && (codec_ == nullptr || codec_->idle()));
  }

  void OnEvents(std::uint32_t events) override;
  void EndTick();
  void OnPulse(base::Instant now);
  void StartDrain(base::Instant idle_until);

  json::ByteBuffer& output() override;
  std::size_t output_size() const override { return output_.size(); }
  base::Instant now() const override { return host_.reactor().now(); }
  const std::string& peer() const override { return peer_; }
  void Resume() override;
  void WatchOutput() override;
  void SetDeadline(base::Instant deadline) override { deadline_ = deadline; }
  void CloseAfterOutput() override;
  void Abort() override;

 private:
  friend class ConnectionTable;

  void Read();
  void ThrowAway();
  void Consume(std::string_view fresh);
  // Lets the codec see the end of input once it has seen all input.
  void PassEnd();
  void Write();
  void Linger();
  void WatchWhatIsNeeded();
  void Touch();

  ConnectionHost& host_;
  const std::unique_ptr<Transport> transport_;
  const std::string peer_;
  const ConnectionLimits& limits_;
  std::unique_ptr<Codec> codec_;
  json::ByteBuffer input_;   // what the codec has left
  json::ByteBuffer output_;  // what is not sent
  base::Instant deadline_ = base::Instant::max();
  base::Instant write_deadline_ = base::Instant::max();
  base::Instant linger_until_ = base::Instant::max();
  std::size_t thrown_away_ = 0;
  std::uint32_t watched_ = 0;

  bool touched_ = false;
  bool resume_ = false;
  bool watch_output_ = false;
  bool closing_ = false;    // after the output
  bool lingering_ = false;  // FIN is sent
  bool end_seen_ = false;   // the peer sends no more
  bool end_passed_ = false;
  bool draining_ = false;
  bool gone_ = false;
  base::Instant idle_until_ = base::Instant::max();
  std::size_t slot_ = 0;  // in the table
};

}  // namespace moorage::net
