#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "edge/api/dispatcher.h"
#include "edge/http1/http1_service.h"
#include "edge/net/connection.h"
#include "edge/net/reactor.h"
#include "edge/net/socket.h"
#include "edge/port/stage_metrics.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"

namespace moorage::port {

// What one reactor serves: its lane, its handlers, its dispatcher. Made before the reactor's thread
// starts, used on that thread only, destroyed after it has ended and every connection is gone.
class ReactorService : public net::TickObserver {
 public:
  virtual api::Dispatcher& dispatcher() = 0;
  // EndTick(): runs what the tick gathered.
};

// A server on one address: N reactors, each with a thread, a listening socket on the common port,
// its connections and a service of its own.
class ReactorGroup {
 public:
  // Called once per reactor. The service may keep the reference: the reactor outlives it.
  using ServiceFactory =
      std::function<base::Result<std::unique_ptr<ReactorService>>(net::Reactor& reactor)>;

  struct Options {
    net::ListenAddress listen;
    std::string thread_name = "moorage-io";  // "-0", "-1", ... follow; 15 characters in all
    std::size_t reactors = 0;                // 0: UsableCpus()
    std::vector<int> pin;                    // CPU of each reactor's thread; empty: not pinned
    int backlog = 1024;
    http1::Http1Limits http;
    net::ConnectionLimits connections;
    net::Reactor::Options reactor;
    StageMetrics* stages = nullptr;  // told what requests cost; may be null, outlives the group
    // How long handshakes under way may take once nobody new is let in: within this machine, or
    // over a network.
    base::Duration local_handshake = std::chrono::milliseconds(20);
    base::Duration remote_handshake = std::chrono::milliseconds(200);
    // While draining: how long a connection that asks nothing is kept for a request under way.
    base::Duration idle_grace = std::chrono::milliseconds(500);
  };

  // Listens and serves. kUnavailable if the address cannot be had; the factory's error if it has
  // one.
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

  struct DrainResult {
    std::size_t cut = 0;  // connections that were still owed an answer at the deadline
  };
  // Takes leave of all clients without failing one: no new connection is let in, what was asked is
  // answered with "Connection: close", idle connections end after a grace. Returns when none is
  // left or after `limit`. The caller has made readiness false before. Once only.
  DrainResult Drain(base::Duration limit);

  // Ends the threads. Connections that are left are closed.
  void Stop();

 private:
  struct Unit;

  ReactorGroup(const Options& options, const base::Clock& clock);
  void StartThread(std::size_t index);
  void StopListening(base::Instant deadline);

  const Options options_;
  const base::Clock& clock_;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<Unit>> units_;
};

}  // namespace moorage::port
