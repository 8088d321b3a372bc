#include "main/wire_ports.h"

#include <gtest/gtest.h>

namespace moorage::main {
namespace {

using Others = api::TrustedHosts::Others;

TEST(Ports, AreNamedByTheirUrl) {
  EXPECT_EQ(UrlOf({"127.0.0.1", 0}, 8000), "http://127.0.0.1:8000");
  EXPECT_EQ(UrlOf({"::1", 8000}, 8001), "http://[::1]:8001");
}

TEST(Ports, OfThisMachineOnlyRefuseEveryOtherName) {
  EXPECT_EQ(HostsOf({"127.0.0.1", 8000}).others, Others::kRefused);
  EXPECT_EQ(HostsOf({"0.0.0.0", 8000}).others, Others::kRefusedToBrowsers);
  EXPECT_EQ(HostsOf({"0.0.0.0", 8000}).configured, "0.0.0.0");
}

TEST(Ports, HaveTheReactorsOfTheConfigurationElseOneForEachCpu) {
  config::Config::Server config;
  config.threads = 3;
  EXPECT_EQ(ReactorCountOf(config), 3U);
  config.threads = 0;
  EXPECT_GE(ReactorCountOf(config), 1U);
}

TEST(WirePorts, LeavesFilesForMoreThanConnections) {
  EXPECT_EQ(MaxConnectionsOf({}, 4096), 3968U);
  EXPECT_EQ(MaxConnectionsOf({}, 64), 128U);
  config::Config::Server server;
  server.max_connections = 16;
  EXPECT_EQ(MaxConnectionsOf(server, 4096), 16U);
}

}  // namespace
}  // namespace moorage::main
