#pragma once

// A port and its threads. The main thread only, but for connections().

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "edge/api/dispatcher.h"
#include "edge/net/connection.h"
#include "edge/net/connection_count.h"
#include "edge/net/connection_table.h"
#include "edge/net/reactor.h"
#include "edge/net/socket.h"
#include "edge/port/protocol_list.h"
#include "edge/port/stage_metrics.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"

namespace moorage::port {

class ReactorService;

// Serves one address with N reactors. Each has a thread, a listening socket on the common port,
// connections and a service of its own.
class ReactorGroup {
 public:
  // Called once per reactor, which outlives the service.
  using ServiceFactory =
      std::function<base::Result<std::unique_ptr<ReactorService>>(net::Reactor& reactor)>;

  struct Options {
    net::ListenAddress listen;
    std::string thread_name = "moorage-io";  // with "-0", "-1", ... at most 15 characters
    std::size_t reactors = 0;                // 0 means UsableCpus()
    std::vector<int> pin;                    // CPU of each reactor's thread, or empty
    int backlog = 1024;
    // At least one. The last takes the connections that no other takes.
    std::vector<ProtocolFactory> protocols;
    net::ConnectionLimits connections;
    base::MemoryBudget* memory =
        nullptr;                      // what buffers of connections are charged to. May be null
    std::size_t max_connections = 0;  // of all reactors, 0 for no bound
    std::size_t spare_files = 0;      // descriptors of each reactor for clients in need
    net::TransportFactory make_transport;  // empty: TCP
    net::Reactor::Options reactor;
    StageMetrics* stages = nullptr;  // records what requests cost. May be null
    // How long handshakes under way may take once no new client is admitted, within this machine
    // and over a network.
    base::Duration local_handshake = std::chrono::milliseconds(20);
    base::Duration remote_handshake = std::chrono::milliseconds(200);
    // How long a drain keeps an idle connection for a request that may be under way.
    base::Duration idle_grace = std::chrono::milliseconds(500);
  };

  // Listens and serves. Returns kUnavailable if the address cannot be bound, or the factory's
  // error.
  static base::Result<std::unique_ptr<ReactorGroup>> Start(const Options& options,
                                                           const base::Clock& clock,
                                                           const ServiceFactory& factory);
  // Stops without draining.
  ~ReactorGroup();
  ReactorGroup(const ReactorGroup&) = delete;
  ReactorGroup& operator=(const ReactorGroup&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t reactors() const { return units_.size(); }
  std::size_t connections() const;
  // Returns how many connections were ended early for this reason.
  std::uint64_t ended(net::EarlyEnd reason) const;

  struct DrainResult {
    std::size_t cut = 0;  // connections that were still owed an answer at the deadline
  };
  // Closes all connections without failing a request. Returns when none is left or after `limit`.
  //   - No new connection is admitted.
  //   - What was asked is answered with "Connection: close".
  //   - Idle connections end after a grace.
  // Only once. The caller has made readiness false before. `last_call` is called shortly before the
  // limit if something is still owed, a tenth of it but at most 100 ms. It answers at once what it
  // can, so that a client reads an error instead of the end of its connection. May be empty.
  DrainResult Drain(base::Duration limit, const std::function<void()>& last_call = {});

  // Ends the threads and closes the connections that are left.
  void Stop();

 private:
  struct Unit;

  ReactorGroup(const Options& options, const base::Clock& clock);
  net::ConnectionTable::Options TableOptions(Unit& unit);
  // Ends the longest idle connection of all reactors, because a client waits at `asking`.
  void MakeRoom(Unit& asking);
  void StartThread(std::size_t index);
  void StopListening(base::Instant deadline);

  const Options options_;
  const base::Clock& clock_;
  std::uint16_t port_ = 0;
  std::optional<net::ConnectionCount> count_;
  std::vector<std::unique_ptr<Unit>> units_;
};

// What one reactor serves, its lane, its handlers and its dispatcher. It is made before the
// reactor's thread starts and used on that thread only. It is destroyed after the thread has ended
// and every connection is gone. EndTick() runs what the tick gathered.
class ReactorService : public net::TickObserver {
 public:
  virtual api::Dispatcher& dispatcher() = 0;
};

}  // namespace moorage::port
