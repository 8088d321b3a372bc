#pragma once

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

// The connections of one reactor: accepts them, flushes at the end of a tick those that have
// something to send, looks once a second after those that are late, and drains them all.
//
// Without file descriptors left it stops accepting, for a second or until a connection ends; who
// wants in waits in the kernel's queue.
class ConnectionTable : public ConnectionHost, public TickObserver, public EventSink {
 public:
  using CodecMaker = std::function<std::unique_ptr<Codec>(std::string_view first, Wire& wire)>;

  ConnectionTable(Reactor& reactor, const ConnectionLimits& limits, CodecMaker make_codec);
  ~ConnectionTable() override;

  // Starts to accept.
  void Serve(UniqueFd listener);
  // A connection that was accepted elsewhere.
  void Adopt(UniqueFd fd, std::string peer);

  // From any thread.
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  // The end comes in three steps, so that no client that has been let in is turned away:
  // 1. Nobody new is let in; handshakes under way complete. True if they may take a network's time.
  bool StopAdmitting();
  // 2. Takes what has completed and stops listening: who comes now is refused at once.
  void CloseListener();
  // 3. Each connection ends when what it asked is answered, and if it asks nothing until
  // `idle_until`.
  //    `drained` is called once none is left.
  void StartDrain(base::Instant idle_until, std::function<void()> drained);
  // Connections that are owed an answer.
  std::size_t busy() const;
  // Ends all, at once.
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
