#pragma once

// The connections of one reactor. The reactor's thread only, but for size().

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "edge/net/connection.h"
#include "edge/net/reactor.h"
#include "edge/net/unique_fd.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::net {

// Accepts connections, ends the tick of those that were touched, checks all deadlines once a
// second, and drains.
//
// Without a free file descriptor it stops accepting, for a second or until a connection ends. New
// clients wait in the kernel's queue meanwhile.
class ConnectionTable : public ConnectionHost, public TickObserver, public EventSink {
 public:
  using CodecMaker =
      std::function<std::unique_ptr<Codec>(std::string_view first_bytes, Wire& wire)>;

  ConnectionTable(Reactor& reactor, const ConnectionLimits& limits, CodecMaker make_codec);
  ~ConnectionTable() override;

  // Starts to accept.
  void Serve(UniqueFd listener);
  // Takes a connection that was accepted elsewhere.
  void Adopt(UniqueFd fd, std::string peer);

  // Any thread.
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  // The server ends in three steps, so that no client whose connect succeeded is refused.
  // 1. Admits no new client, while handshakes under way complete. Returns true if a handshake may
  //    take as long as a network does.
  bool StopAdmitting();
  // 2. Takes the connections that are complete and stops listening. The kernel then refuses
  // clients.
  void CloseListener();
  // 3. Each connection ends when its requests are answered, or at `idle_until` without a request.
  //    Calls `drained` once none is left.
  void StartDrain(base::Instant idle_until, std::function<void()> drained);
  // Returns the number of connections that are owed an answer.
  std::size_t busy() const;
  // Ends every connection now.
  void CloseAll();

  Reactor& reactor() override { return reactor_; }
  std::span<char> scratch() override { return scratch_; }
  json::ByteBuffer TakeBuffer() override;
  void ReturnBuffer(json::ByteBuffer buffer) override;
  void Touch(Connection& connection) override;
  std::unique_ptr<Codec> ChooseCodec(std::string_view first, Wire& wire) override {
    return make_codec_(first, wire);
  }

  void EndTick() override;
  void OnPulse() override;
  void OnEvents(std::uint32_t events) override;

 private:
  enum class Share { kSome, kAll };
  void AcceptWaiting(Share share);
  void Remove(Connection& connection);
  void UpdatePulse();

  Reactor& reactor_;
  const ConnectionLimits limits_;
  const CodecMaker make_codec_;
  std::vector<char> scratch_;
  UniqueFd listener_;
  bool accepting_ = false;
  bool has_pulse_ = false;
  std::function<void()> drained_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> touched_;
  std::vector<Connection*> flushing_;
  std::vector<json::ByteBuffer> buffers_;
  std::atomic<std::size_t> size_{0};
};

}  // namespace moorage::net
