#pragma once

// The connections of one reactor. The reactor's thread only, but for size().

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "edge/net/connection.h"
#include "edge/net/connection_count.h"
#include "edge/net/reactor.h"
#include "edge/net/unique_fd.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::net {

// Accepts connections, ends the tick of those that were touched, checks all deadlines once a
// second, and drains.
//
// Without a free file descriptor, or at the bound of connections, it stops accepting. New clients
// wait in the kernel's queue, for a second or until room is made: the longest idle connection ends.
class ConnectionTable : public ConnectionHost, public TickObserver, public EventSink {
 public:
  using CodecMaker =
      std::function<std::unique_ptr<Codec>(std::string_view first_bytes, Wire& wire)>;

  struct Options {
    ConnectionLimits limits;
    base::MemoryBudget* memory = nullptr;  // null: buffers are not charged
    ConnectionCount* count = nullptr;      // null: no bound
    // Descriptors that are held so that a client can be served when the process has no other left.
    std::size_t spare_files = 0;
    TransportFactory make_transport;  // empty: TCP
    // A client waits and there is no room. The owner ends a connection of this or another table,
    // then calls AcceptAgain(). If it is empty the table ends its own.
    std::function<void()> make_room;
  };

  ConnectionTable(Reactor& reactor, Options options, CodecMaker make_codec);
  ~ConnectionTable() override;

  // Starts to accept.
  void Serve(UniqueFd listener);
  // Takes a connection that was accepted elsewhere.
  void Adopt(UniqueFd fd, std::string peer);

  // Any thread.
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  // Any thread. Returns how many connections ended for this reason.
  std::uint64_t ended(EarlyEnd reason) const {
    return ended_[static_cast<std::size_t>(reason)].load(std::memory_order_relaxed);
  }

  // Returns since when the connection is idle that is shed next, or nothing.
  std::optional<base::Instant> LongestIdle() const;
  // Ends the longest idle connection. Returns false if none is idle for long enough. Not within a
  // callback of a connection.
  bool ShedLongestIdle();
  void AcceptAgain();

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
  base::MemoryBudget* memory() override { return options_.memory; }
  void Count(EarlyEnd end) override;
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
  struct Entry {
    std::unique_ptr<Connection> connection;
    base::Instant last_active;  // the latest tick that had to do with it
  };

  void AcceptWaiting(Share share);
  void StopAccepting();
  // Returns false if the client has to wait.
  bool MakeRoom();
  void HoldSpareFiles();
  const Entry* FindLongestIdle() const;
  void Add(UniqueFd fd, std::string peer);
  void Remove(Connection& connection);
  void UpdatePulse();

  Reactor& reactor_;
  const Options options_;
  const CodecMaker make_codec_;
  std::vector<char> scratch_;
  UniqueFd listener_;
  bool accepting_ = false;
  base::Instant accept_again_{};  // while it does not accept
  bool has_pulse_ = false;
  std::function<void()> drained_;
  std::vector<Entry> connections_;
  std::vector<Connection*> touched_;
  std::vector<Connection*> flushing_;
  std::vector<json::ByteBuffer> buffers_;
  std::vector<UniqueFd> spare_files_;
  std::array<std::atomic<std::uint64_t>, kEarlyEnds> ended_{};
  std::atomic<std::size_t> size_{0};
};

}  // namespace moorage::net
