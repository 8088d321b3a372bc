#include "edge/cli/server_connection.h"

#include <gtest/gtest.h>

#include <string>

#include "foundation/base/posix_file_system.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/model/server_questions.h"

namespace moorage::cli {
namespace {

// What a client of a port on which nothing listens says; it names the server.
std::string Unreachable(std::map<std::string, std::string> environment,
                        const std::string& server = "") {
  const base::FakeClock clock;
  const Surroundings surroundings{.environment = std::move(environment),
                                  .files = base::PosixFileSystem::Get(),
                                  .clock = clock,
                                  .version = "9.9.9",
                                  .open_local = {},
                                  .serve = {}};
  Shell shell(surroundings);
  shell.options().server = server;
  const auto client = ConnectToServer(shell);
  if (!client.ok()) return client.error().message;
  return (*client)->Get(model::kReadyQuestion).error().message;
}

TEST(ConnectToServer, TakesTheServerOfTheOption) {
  EXPECT_TRUE(Unreachable({{"PORT", "2"}}, "http://127.0.0.1:1")
                  .starts_with("server http://127.0.0.1:1: "));
  EXPECT_TRUE(Unreachable({}, "nowhere").starts_with("server 'nowhere': "));
}

TEST(ConnectToServer, TakesTheAddressOfTheConfigurationWithoutOne) {
  EXPECT_TRUE(Unreachable({{"MOORAGE_SERVER__LISTEN", "127.0.0.1:1"}})
                  .starts_with("server http://127.0.0.1:1: "));
}

TEST(ConnectToServer, ReachesAServerOnEveryAddressByTheLoopback) {
  EXPECT_TRUE(Unreachable({{"MOORAGE_SERVER__LISTEN", "0.0.0.0:1"}})
                  .starts_with("server http://127.0.0.1:1: "));
  EXPECT_TRUE(
      Unreachable({{"MOORAGE_SERVER__LISTEN", "[::]:1"}}).starts_with("server http://[::1]:1: "));
}

}  // namespace
}  // namespace moorage::cli
