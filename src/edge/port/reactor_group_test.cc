#include "edge/port/reactor_group.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <deque>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "edge/http1/http1_protocol.h"
#include "edge/net/testing/test_client.h"
#include "edge/port/testing/prefix_protocol.h"
#include "edge/port/testing/test_reactor_service.h"

namespace moorage::port {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr api::Operation kEcho{.name = "echo", .method = api::Method::kPost, .path = "/echo"};
constexpr api::Operation kEchoGet{.name = "echo_get", .method = api::Method::kGet, .path = "/echo"};
constexpr api::Operation kSmall{
    .name = "small", .method = api::Method::kPost, .path = "/small", .max_body = 1024};
constexpr api::Operation kSize{.name = "size", .method = api::Method::kPost, .path = "/size"};
constexpr api::Operation kBig{.name = "big", .method = api::Method::kGet, .path = "/big"};
constexpr api::Operation kLater{.name = "later", .method = api::Method::kGet, .path = "/later"};
constexpr api::Operation kBatch{.name = "batch", .method = api::Method::kPost, .path = "/batch"};

constexpr std::size_t kBigBytes = 8 * 1024 * 1024;

ReactorGroup::Options Local(std::size_t reactors, const http1::Http1Limits& limits = {}) {
  ReactorGroup::Options options;
  options.protocols = {http1::Http1Protocol::Factory(limits)};
  options.listen = {"127.0.0.1", 0};
  options.reactors = reactors;
  return options;
}

// What the tests ask the handlers to do, or learn from them. Goes before the server, whose reactor
// the helpers use.
struct Shared {
  std::latch asked{1};  // a request waits in /later
  std::latch go{1};     // it may be answered
  std::vector<std::thread> helpers;
  ~Shared() {
    for (std::thread& helper : helpers) helper.join();
  }
};

// Answers the requests of a tick together at its end.
void AddBatching(api::TestService& service) {
  auto open = std::make_shared<std::vector<api::ExchangeRef>>();
  service.On(kBatch, [open](api::ExchangeRef exchange, const api::PathParameters& /*path*/) {
    open->push_back(std::move(exchange));
  });
  service.OnEndTick([open] {
    const std::string size = std::to_string(open->size());
    for (api::ExchangeRef& exchange : *open) exchange->Send({.body = size});
    open->clear();
  });
}

std::unique_ptr<ReactorGroup> Start(const ReactorGroup::Options& options,
                                    Shared* shared = nullptr) {
  auto started = ReactorGroup::Start(
      options, base::SystemClock::Get(),
      [shared](net::Reactor& reactor) -> base::Result<std::unique_ptr<ReactorService>> {
        auto made = std::make_unique<TestReactorService>(base::SystemClock::Get());
        api::TestService& service = made->service();
        service.On(kEcho, api::AnswerEcho).On(kEchoGet, api::AnswerEcho);
        service.On(kSmall, api::AnswerEcho);
        service.On(kSize, [](api::ExchangeRef exchange, const api::PathParameters& /*path*/) {
          exchange->Send({.body = std::to_string(exchange->request().body.size())});
        });
        service.On(kBig, [](api::ExchangeRef exchange, const api::PathParameters& /*path*/) {
          exchange->Send({.body = std::string(kBigBytes, 'x')});
        });
        service.On(kLater, [shared, &reactor](api::ExchangeRef exchange,
                                              const api::PathParameters&) {
          shared->asked.count_down();
          shared->helpers.emplace_back([shared, &reactor, owned = std::move(exchange)]() mutable {
            shared->go.wait();
            reactor.Post([back = std::move(owned)] { back->Send({.body = "later"}); });
          });
        });
        AddBatching(service);
        return made;
      });
  EXPECT_TRUE(started.ok()) << (started.ok() ? "" : started.error().message);
  return started.ok() ? *std::move(started) : nullptr;
}

TEST(ReactorGroup, AnswersOverAConnectionThatIsKept) {
  const auto server = Start(Local(1));
  net::TestClient client(server->port());
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.Ask(net::PostText("/echo?q=1", "hello"));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "POST /echo ?q=1 hello");
  }
  EXPECT_EQ(server->connections(), 1U);
}

TEST(ReactorGroup, ChoosesTheProtocolOfAConnectionByItsFirstBytes) {
  ReactorGroup::Options options = Local(1);
  options.protocols.insert(options.protocols.begin(), [](api::Dispatcher&, const base::Clock&) {
    return std::make_unique<PrefixProtocol>("HELLO");
  });
  const auto server = Start(options);
  net::TestClient other(server->port());
  net::TestClient http(server->port());
  ASSERT_TRUE(other.Send("HEL"));
  EXPECT_EQ(http.Ask(net::GetText("/echo"))->status, 200);
  ASSERT_TRUE(other.Send("LO!"));
  while (other.received().size() < 12 && other.Receive()) continue;
  EXPECT_EQ(other.received(), "HELLO:HELLO!");

  net::TestClient unknown(server->port());
  EXPECT_EQ(unknown.Ask("HELP?\r\n\r\n")->status, 400) << "the last protocol takes it";
}

TEST(ReactorGroup, RunsWhatATickGathersAtItsEnd) {
  const auto server = Start(Local(1));
  net::TestClient client(server->port());
  std::string requests;
  for (int i = 0; i < 5; ++i) requests += net::PostText("/batch", "");
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.Read()->body, "5");
}

TEST(ReactorGroup, RecordsWhatItsRequestsCostToReadAndWrite) {
  StageMetrics stages;
  ReactorGroup::Options options = Local(1);
  options.stages = &stages;
  const auto server = Start(options);
  net::TestClient client(server->port());
  for (int i = 0; i < 5; ++i) ASSERT_EQ(client.Ask(net::PostText("/echo", "x"))->status, 200);
  server->Stop();
  telemetry::Exposition exposition;
  stages.Collect(exposition);
  const std::string text = exposition.ToText(telemetry::ExpositionFormat::kPrometheusText);
  for (const char* count : {"count{stage=\"parse\"} 5\n", "count{stage=\"write\"} 5\n"}) {
    EXPECT_NE(text.find("moorage_stage_duration_seconds_" + std::string(count)), std::string::npos)
        << text;
  }
}

TEST(ReactorGroup, AnswersMoreThanOnePipelineHoldsInOrder) {
  const auto server = Start(Local(1));
  net::TestClient client(server->port());
  std::string requests;
  for (int i = 0; i < 1000; ++i) {
    requests += net::PostText(i % 2 == 0 ? "/batch" : "/echo", std::to_string(i));
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 1000; ++i) {
    const auto answer = client.Read();
    ASSERT_TRUE(answer.has_value()) << i;
    if (i % 2 == 0) continue;
    EXPECT_EQ(answer->body, "POST /echo ? " + std::to_string(i));
  }
}

TEST(ReactorGroup, ServesFromSeveralReactorsOnOnePort) {
  const auto server = Start(Local(3));
  EXPECT_EQ(server->reactors(), 3U);
  std::vector<std::unique_ptr<net::TestClient>> clients;
  for (int i = 0; i < 60; ++i) clients.push_back(std::make_unique<net::TestClient>(server->port()));
  for (auto& client : clients) EXPECT_EQ(client->Ask(net::GetText("/echo"))->status, 200);
  EXPECT_EQ(server->connections(), 60U);
}

TEST(ReactorGroup, RefusesAnAddressThatIsTakenEvenWhereReactorsShareIt) {
  const auto server = Start(Local(2));
  ReactorGroup::Options options = Local(2);
  options.listen.port = server->port();
  const auto second =
      ReactorGroup::Start(options, base::SystemClock::Get(),
                          [](net::Reactor&) -> base::Result<std::unique_ptr<ReactorService>> {
                            return std::make_unique<TestReactorService>(base::SystemClock::Get());
                          });
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, base::Code::kUnavailable);
  EXPECT_NE(second.error().message.find("in use"), std::string::npos) << second.error().message;
}

TEST(ReactorGroup, AnswersFromAnotherThreadInALaterTick) {
  std::unique_ptr<ReactorGroup> server;
  Shared shared;
  server = Start(Local(1), &shared);
  net::TestClient client(server->port());
  ASSERT_TRUE(client.Send(net::GetText("/later")));
  shared.asked.wait();
  net::TestClient other(server->port());
  EXPECT_EQ(other.Ask(net::GetText("/echo"))->status, 200);  // the reactor is free meanwhile
  shared.go.count_down();
  EXPECT_EQ(client.Read()->body, "later");
}

TEST(ReactorGroup, EndsCleanlyWhileARequestIsInFlight) {
  std::unique_ptr<ReactorGroup> server;
  Shared shared;
  server = Start(Local(1), &shared);
  net::TestClient client(server->port());
  ASSERT_TRUE(client.Send(net::GetText("/later")));
  shared.asked.wait();
  server->Stop();
  shared.go.count_down();
  for (std::thread& helper : shared.helpers) helper.join();  // its Post() finds no loop any more
  shared.helpers.clear();
  server.reset();
  EXPECT_FALSE(client.Read().has_value());
}

TEST(ReactorGroup, ReadsALargeBodyWhole) {
  const auto server = Start(Local(1));
  net::TestClient client(server->port());
  const std::string body(20'000'000, 'x');
  EXPECT_EQ(client.Ask(net::PostText("/size", body))->body, "20000000");
  EXPECT_EQ(client.Ask(net::PostText("/size", "x"))->body, "1");
}

TEST(ReactorGroup, SendsALargeAnswerToAClientThatReadsLate) {
  const auto server = Start(Local(1));
  net::TestClient slow(server->port());
  ASSERT_TRUE(slow.Send(net::GetText("/big") + net::GetText("/big") + net::GetText("/echo")));
  net::TestClient other(server->port());
  EXPECT_EQ(other.Ask(net::GetText("/echo"))->status, 200);
  EXPECT_EQ(slow.Read()->body.size(), kBigBytes);
  EXPECT_EQ(slow.Read()->body.size(), kBigBytes);
  EXPECT_EQ(slow.Read()->status, 200);
}

TEST(ReactorGroup, ReachesAClientThatIsStillSendingWithThe413) {
  const auto server = Start(Local(1));
  for (int round = 0; round < 5; ++round) {
    net::TestClient client(server->port());
    const std::string body(30'000'000, 'x');
    EXPECT_TRUE(client.Send(net::PostText("/small", body))) << "it was reset while sending";
    const auto answer = client.Read();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 413);
    EXPECT_TRUE(answer->closes());
    EXPECT_TRUE(client.AtEnd());
  }
}

TEST(ReactorGroup, ShedsTheLongestIdleConnectionOfAllReactorsForANewOne) {
  ReactorGroup::Options options = Local(2);
  options.max_connections = 4;
  options.connections.shed_after = base::Duration{0};
  const auto server = Start(options);
  std::deque<net::TestClient> idle;
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(idle.emplace_back(server->port()).Ask(net::GetText("/echo"))->status, 200);
  }
  net::TestClient last(server->port());
  EXPECT_EQ(last.Ask(net::GetText("/echo"))->status, 200);
  EXPECT_TRUE(idle.front().AtEnd());
  EXPECT_EQ(idle.back().Ask(net::GetText("/echo"))->status, 200);
  EXPECT_EQ(server->connections(), 4U);
  EXPECT_EQ(server->ended(net::EarlyEnd::kShed), 1U);
}

TEST(ReactorGroup, ShedsAConnectionThatHasSentHalfAHead) {
  ReactorGroup::Options options = Local(1);
  options.max_connections = 2;
  options.connections.shed_after = base::Duration{0};
  const auto server = Start(options);
  std::deque<net::TestClient> half;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(half.emplace_back(server->port()).Ask(net::GetText("/echo"))->status, 200);
    half.back().Send("GET /echo HT");
  }
  net::TestClient last(server->port());
  EXPECT_EQ(last.Ask(net::GetText("/echo"))->status, 200);
  EXPECT_EQ(server->ended(net::EarlyEnd::kShed), 1U);
}

TEST(ReactorGroup, EndsAConnectionThatDoesNotStartToAsk) {
  ReactorGroup::Options options = Local(1);
  options.connections.first_byte = milliseconds(20);
  options.reactor.pulse = milliseconds(5);
  const auto server = Start(options);
  net::TestClient silent(server->port());
  EXPECT_TRUE(silent.AtEnd());
}

TEST(ReactorGroup, EndsASlowHeadWith408) {
  ReactorGroup::Options options = Local(1, {.head_timeout = milliseconds(20)});
  options.reactor.pulse = milliseconds(5);
  const auto server = Start(options);
  net::TestClient slow(server->port());
  ASSERT_TRUE(slow.Send("GET /echo HTTP/1.1\r\nHost:"));
  const auto answer = slow.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(slow.AtEnd());
}

TEST(ReactorGroup, EndsAConnectionWhoseClientTakesNothing) {
  ReactorGroup::Options options = Local(1);
  options.connections.write_window = milliseconds(30);
  options.reactor.pulse = milliseconds(5);
  const auto server = Start(options);
  net::TestClient stalled(server->port());
  ASSERT_TRUE(stalled.Send(net::GetText("/big")));
  ASSERT_TRUE(stalled.Receive());
  net::TestClient other(server->port());
  do {
    ASSERT_EQ(other.Ask(net::GetText("/echo"))->status, 200);
  } while (server->connections() > 1);
}

TEST(ReactorGroup, AnswersAClientThatHasClosedItsHalf) {
  const auto server = Start(Local(1));
  net::TestClient client(server->port());
  ASSERT_TRUE(client.Send(net::GetText("/echo") + net::GetText("/echo")));
  client.ShutdownWrite();
  EXPECT_EQ(client.Read()->status, 200);
  EXPECT_EQ(client.Read()->status, 200);
  EXPECT_TRUE(client.AtEnd());
}

TEST(ReactorGroup, SurvivesClientsThatReset) {
  std::unique_ptr<ReactorGroup> server;
  Shared shared;
  server = Start(Local(1), &shared);
  for (int i = 0; i < 50; ++i) {
    net::TestClient client(server->port());
    ASSERT_TRUE(client.Send(net::PostText("/echo", "x")));
    client.Reset();
  }
  net::TestClient waiting(server->port());
  ASSERT_TRUE(waiting.Send(net::GetText("/later")));
  shared.asked.wait();
  waiting.Reset();
  shared.go.count_down();
  net::TestClient client(server->port());
  EXPECT_EQ(client.Ask(net::GetText("/echo"))->status, 200);
}

TEST(ReactorGroup, ServesTenThousandConnectionsOneAfterAnother) {
  const auto server = Start(Local(1));
  int answered = 0;
  for (int i = 0; i < 10'000; ++i) {
    net::TestClient client(server->port());
    const auto answer = client.Ask("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    if (answer.has_value() && answer->status == 200) ++answered;
  }
  EXPECT_EQ(answered, 10'000);
}

TEST(ReactorGroup, WaitsForFileDescriptorsWithoutSpinning) {
  ReactorGroup::Options options = Local(1);
  options.connections.shed_after = std::chrono::hours(1);
  const auto server = Start(options);
  std::vector<std::unique_ptr<net::TestClient>> clients;
  clients.push_back(std::make_unique<net::TestClient>(server->port()));
  ASSERT_EQ(clients[0]->Ask(net::GetText("/echo"))->status, 200);
  // These have their sockets before, because the reactor takes whatever descriptor becomes free.
  for (int i = 0; i < 3; ++i) clients.push_back(std::make_unique<net::TestClient>());

  // The next three connects succeed in the kernel, but nothing is left to accept them with.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  std::vector<net::UniqueFd> hoard;
  const rlimit tight{.rlim_cur = 64, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  while (true) {
    net::UniqueFd fd(::dup(0));
    if (!fd) break;
    hoard.push_back(std::move(fd));
  }
  for (std::size_t i = 1; i < clients.size(); ++i) {
    clients[i]->Connect(server->port());
    ASSERT_TRUE(clients[i]->connected());
  }
  const clock_t start = std::clock();
  for (int i = 0; i < 200; ++i) ASSERT_EQ(clients[0]->Ask(net::GetText("/echo"))->status, 200);
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 1.0);
  hoard.clear();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  for (auto& client : clients) EXPECT_EQ(client->Ask(net::GetText("/echo"))->status, 200);
}

TEST(ReactorGroupDrain, ReturnsAtOnceWithoutConnections) {
  const auto server = Start(Local(2));
  EXPECT_EQ(server->Drain(seconds(10)).cut, 0U);
  EXPECT_FALSE(net::TestClient(server->port()).connected());
}

TEST(ReactorGroupDrain, FinishesWhatWasAskedAndAnnouncesTheClose) {
  std::unique_ptr<ReactorGroup> server;
  Shared shared;
  server = Start(Local(1), &shared);
  net::TestClient idle(server->port());
  ASSERT_EQ(idle.Ask(net::GetText("/echo"))->status, 200);
  net::TestClient busy(server->port());
  ASSERT_TRUE(busy.Send(net::GetText("/later")));
  shared.asked.wait();
  std::atomic<bool> drained = false;
  std::thread drain([&] {
    EXPECT_EQ(server->Drain(seconds(10)).cut, 0U);
    drained = true;
  });
  EXPECT_TRUE(idle.AtEnd());  // after the grace
  EXPECT_FALSE(drained);
  shared.go.count_down();
  const auto answer = busy.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "later");
  EXPECT_TRUE(answer->closes());
  EXPECT_TRUE(busy.AtEnd());
  drain.join();
}

TEST(ReactorGroupDrain, CutsWhatIsNotFinishedAtTheDeadline) {
  std::unique_ptr<ReactorGroup> server;
  Shared shared;
  server = Start(Local(1), &shared);
  net::TestClient busy(server->port());
  ASSERT_TRUE(busy.Send(net::GetText("/later")));
  shared.asked.wait();
  EXPECT_EQ(server->Drain(milliseconds(50)).cut, 1U);
  EXPECT_EQ(server->connections(), 0U);
  EXPECT_FALSE(busy.Read().has_value());
  shared.go.count_down();
}

TEST(ReactorGroupDrain, TheLastCallMayStillBeAnsweredBeforeTheCut) {
  std::unique_ptr<ReactorGroup> server;
  Shared shared;
  server = Start(Local(1), &shared);
  net::TestClient busy(server->port());
  ASSERT_TRUE(busy.Send(net::GetText("/later")));
  shared.asked.wait();
  EXPECT_EQ(server->Drain(milliseconds(1000), [&] { shared.go.count_down(); }).cut, 0U);
  const auto answer = busy.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "later");
}

// Clients that ask in a loop until they are refused. A request is lost if its connection ends
// without an answer.
class Crowd {
 public:
  enum class Habit { kKeepConnection, kConnectAnew };

  Crowd(std::uint16_t port, Habit habit) : port_(port), habit_(habit) {
    for (int i = 0; i < kClients; ++i) clients_.emplace_back([this] { Run(); });
  }
  void AwaitWarm() { warm_.wait(); }
  // Every one ends when it is refused.
  void Join() {
    for (std::thread& client : clients_) client.join();
  }
  int lost() const { return lost_; }

 private:
  static constexpr int kClients = 16;
  static constexpr int kWarm = 20;

  void Run() {
    int answered = 0;
    const std::string request = habit_ == Habit::kKeepConnection
                                    ? net::PostText("/batch", "x")
                                    : "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    while (true) {
      net::TestClient client(port_);
      if (!client.connected()) break;
      bool open = true;
      while (open) {
        const auto answer = client.Ask(request);
        if (!answer.has_value()) {
          ++lost_;
          break;
        }
        if (++answered == kWarm) warm_.count_down();
        open = !answer->closes();
      }
    }
    if (answered < kWarm) warm_.count_down();
  }

  const std::uint16_t port_;
  const Habit habit_;
  std::atomic<int> lost_ = 0;
  std::latch warm_{kClients};
  std::vector<std::thread> clients_;
};

TEST(ReactorGroupDrain, LosesNoRequestOfClientsThatKeepTheirConnection) {
  for (const std::size_t reactors : {1U, 2U, 1U, 2U}) {
    const auto server = Start(Local(reactors));
    Crowd crowd(server->port(), Crowd::Habit::kKeepConnection);
    crowd.AwaitWarm();
    EXPECT_EQ(server->Drain(seconds(10)).cut, 0U);
    crowd.Join();
    EXPECT_EQ(crowd.lost(), 0);
  }
}

TEST(ReactorGroupDrain, LosesNoRequestOfClientsThatConnectAnew) {
  for (const std::size_t reactors : {1U, 2U}) {
    const auto server = Start(Local(reactors));
    Crowd crowd(server->port(), Crowd::Habit::kConnectAnew);
    crowd.AwaitWarm();
    EXPECT_EQ(server->Drain(seconds(10)).cut, 0U);
    crowd.Join();
    EXPECT_EQ(crowd.lost(), 0);
  }
}

}  // namespace
}  // namespace moorage::port
