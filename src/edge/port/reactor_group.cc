#include "edge/port/reactor_group.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <optional>
#include <thread>
#include <utility>

#include "edge/net/connection_table.h"
#include "edge/net/cpu_budget.h"
#include "edge/port/protocol_list.h"
#include "edge/port/tick_end.h"

namespace moorage::port {
namespace {

// The time for answers that the last call makes.
constexpr base::Duration kLastCall = std::chrono::milliseconds(100);

// Lets one thread wait for the reactors.
class Rendezvous {
 public:
  void Arrive() {
    {
      const base::MutexLock lock(mu_);
      ++count_;
    }
    changed_.notify_all();
  }

  // Returns false if fewer than `count` have arrived at `deadline`.
  bool Await(std::size_t count, base::Instant deadline) {
    base::MutexLock lock(mu_);
    while (count_ < count) {
      if (changed_.wait_until(lock.native(), deadline) == std::cv_status::timeout) {
        return count_ >= count;
      }
    }
    return true;
  }

 private:
  base::Mutex mu_;
  std::condition_variable changed_;
  std::size_t count_ GUARDED_BY(mu_) = 0;
};

void NameAndPin(std::thread& thread, const std::string& name, std::optional<int> cpu) {
  // The kernel refuses a longer name instead of cutting it.
  ::pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
  if (!cpu.has_value()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(*cpu), &set);
  ::pthread_setaffinity_np(thread.native_handle(), sizeof(set), &set);
}

}  // namespace

struct ReactorGroup::Unit {
  Unit(const base::Clock& clock, const Options& options) : reactor(clock, options.reactor) {}

  ~Unit() {
    // Handlers and posted tasks hold exchanges, which belong to the protocols. So the service is
    // destroyed before the protocols, and these no longer report to its dispatcher.
    if (table) table->CloseAll();
    if (protocols.has_value()) protocols->Close();
    reactor.DiscardPosted();
    service.reset();
    reactor.DiscardPosted();
  }

  net::Reactor reactor;
  std::optional<ProtocolList> protocols;
  std::unique_ptr<net::ConnectionTable> table;
  std::unique_ptr<ReactorService> service;
  std::optional<TickEnd> tick_end;
  bool makes_room = false;  // a search for a connection to end is under way
  std::thread thread;
};

ReactorGroup::ReactorGroup(const Options& options, const base::Clock& clock)
    : options_(options), clock_(clock) {
  if (options_.max_connections > 0) count_.emplace(options_.max_connections);
}

ReactorGroup::~ReactorGroup() { Stop(); }

base::Result<std::unique_ptr<ReactorGroup>> ReactorGroup::Start(const Options& options,
                                                                const base::Clock& clock,
                                                                const ServiceFactory& factory) {
  std::unique_ptr<ReactorGroup> group(new ReactorGroup(options, clock));
  const std::size_t count = options.reactors > 0 ? options.reactors : net::UsableCpus();
  const net::PortSharing sharing =
      count > 1 ? net::PortSharing::kAmongReactors : net::PortSharing::kExclusive;
  net::ListenAddress address = options.listen;
  // With SO_REUSEPORT a second server of the same user would share the port without an error. The
  // attempt to bind without it finds the other one.
  if (count > 1 && address.port != 0) RETURN_IF_ERROR(net::CheckFree(address));
  for (std::size_t i = 0; i < count; ++i) {
    auto unit = std::make_unique<Unit>(clock, options);
    ASSIGN_OR_RETURN(net::UniqueFd listener, net::Listen(address, sharing, options.backlog));
    // Where port 0 was asked, the first listener's port is that of the others.
    address.port = group->port_ = net::BoundPort(listener.get());
    ASSIGN_OR_RETURN(unit->service, factory(unit->reactor));
    std::vector<std::unique_ptr<net::WireProtocol>> protocols;
    protocols.reserve(options.protocols.size());
    for (const ProtocolFactory& make : options.protocols) {
      protocols.push_back(make(unit->service->dispatcher(), clock));
    }
    unit->protocols.emplace(std::move(protocols));
    unit->table = std::make_unique<net::ConnectionTable>(
        unit->reactor, group->TableOptions(*unit),
        [&list = *unit->protocols](std::string_view first_bytes, net::Wire& wire) {
          return list.MakeCodec(first_bytes, wire);
        });
    unit->tick_end.emplace(unit->reactor, unit->service->dispatcher(), *unit->service, *unit->table,
                           options.stages != nullptr ? &options.stages->AddReactor() : nullptr);
    unit->reactor.AddObserver(*unit->tick_end);
    unit->table->Serve(std::move(listener));
    group->units_.push_back(std::move(unit));
  }
  // No thread runs before every reactor is built, so a failure above has nothing to stop.
  for (std::size_t i = 0; i < count; ++i) group->StartThread(i);
  return group;
}

void ReactorGroup::StartThread(std::size_t index) {
  Unit& unit = *units_[index];
  // The main thread handles signals. A thread inherits the mask of the thread that starts it.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  unit.thread = std::thread([&unit] { unit.reactor.Run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  const bool pinned = index < options_.pin.size();
  NameAndPin(unit.thread, options_.thread_name + "-" + std::to_string(index),
             pinned ? std::optional<int>(options_.pin[index]) : std::nullopt);
}

net::ConnectionTable::Options ReactorGroup::TableOptions(Unit& unit) {
  return {.limits = options_.connections,
          .memory = options_.memory,
          .count = count_.has_value() ? &*count_ : nullptr,
          .spare_files = options_.spare_files,
          .make_transport = options_.make_transport,
          .make_room = [this, &unit] { MakeRoom(unit); }};
}

// Each reactor reports its longest idle connection. The last to report asks the one whose is the
// longest to end it, and then lets the asking reactor accept.
void ReactorGroup::MakeRoom(Unit& asking) {
  struct Search {
    base::Mutex mu;
    std::size_t awaited GUARDED_BY(mu) = 0;
    base::Instant since GUARDED_BY(mu) = base::Instant::max();
    Unit* owner GUARDED_BY(mu) = nullptr;
  };
  if (std::exchange(asking.makes_room, true)) return;
  auto search = std::make_shared<Search>();
  {
    const base::MutexLock lock(search->mu);
    search->awaited = units_.size();
  }
  for (const auto& unit : units_) {
    unit->reactor.Post([search, reporting = unit.get(), asked = &asking] {
      const auto since = reporting->table->LongestIdle();
      Unit* owner = nullptr;
      {
        const base::MutexLock lock(search->mu);
        if (since.has_value() && *since < search->since) {
          search->since = *since;
          search->owner = reporting;
        }
        if (--search->awaited > 0) return;
        owner = search->owner;
      }
      // Without an idle connection the client waits. The table tries again by itself.
      const auto accept = [asked] {
        asked->makes_room = false;
        asked->table->AcceptAgain();
      };
      if (owner == nullptr) return asked->reactor.Post([asked] { asked->makes_room = false; });
      owner->reactor.Post([owner, asked, accept] {
        owner->table->ShedLongestIdle();
        asked->reactor.Post(accept);
      });
    });
  }
}

std::uint64_t ReactorGroup::ended(net::EarlyEnd reason) const {
  std::uint64_t sum = 0;
  for (const auto& unit : units_) sum += unit->table->ended(reason);
  return sum;
}

std::size_t ReactorGroup::connections() const {
  std::size_t sum = 0;
  for (const auto& unit : units_) sum += unit->table->size();
  return sum;
}

// An answer with "Connection: close" makes its client reconnect. It is sent only after every
// listener is closed, so that the client is refused at once and turns to another server.
void ReactorGroup::StopListening(base::Instant deadline) {
  // Shared, because a task may run after the deadline, when this call has returned.
  auto done = std::make_shared<Rendezvous>();
  auto remote = std::make_shared<std::atomic<bool>>(false);
  for (const auto& unit : units_) {
    unit->reactor.Post([table = unit->table.get(), done, remote] {
      if (table->StopAdmitting()) *remote = true;
      done->Arrive();
    });
  }
  done->Await(units_.size(), deadline);
  const base::Duration grace = *remote ? options_.remote_handshake : options_.local_handshake;
  // A client whose SYN was admitted still has to send its ACK. Nothing reports that the last one
  // has.
  std::this_thread::sleep_for(std::min(grace, deadline - clock_.Monotonic()));
  for (const auto& unit : units_) {
    unit->reactor.Post([table = unit->table.get(), done] {
      table->CloseListener();
      done->Arrive();
    });
  }
  // The arrivals of the first round are counted too.
  done->Await(2 * units_.size(), deadline);
}

ReactorGroup::DrainResult ReactorGroup::Drain(base::Duration limit,
                                              const std::function<void()>& last_call) {
  const base::Instant deadline = clock_.Monotonic() + limit;
  StopListening(deadline);
  const base::Instant idle_until = std::min(deadline, clock_.Monotonic() + options_.idle_grace);
  auto empty = std::make_shared<Rendezvous>();
  for (const auto& unit : units_) {
    unit->reactor.Post([table = unit->table.get(), idle_until, empty] {
      table->StartDrain(idle_until, [empty] { empty->Arrive(); });
    });
  }
  if (last_call) {
    const base::Duration room = std::min<base::Duration>(limit / 10, kLastCall);
    if (empty->Await(units_.size(), deadline - room)) return {};
    last_call();
  }
  if (empty->Await(units_.size(), deadline)) return {};
  auto cut = std::make_shared<std::atomic<std::size_t>>(0);
  for (const auto& unit : units_) {
    unit->reactor.Post([table = unit->table.get(), cut] {
      *cut += table->busy();
      table->CloseAll();
    });
  }
  // Bounded, because a reactor that is held up by a handler must not keep the process from ending.
  empty->Await(units_.size(), clock_.Monotonic() + std::chrono::seconds(1));
  return {.cut = *cut};
}

void ReactorGroup::Stop() {
  // All are asked before any is joined, so they end side by side.
  for (const auto& unit : units_) unit->reactor.Stop();
  for (const auto& unit : units_) {
    if (unit->thread.joinable()) unit->thread.join();
  }
}

}  // namespace moorage::port
