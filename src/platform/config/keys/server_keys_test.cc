#include "platform/config/keys/server_keys.h"

#include <gtest/gtest.h>

#include "platform/config/testing/key_bounds.h"

namespace moorage::config {
namespace {

TEST(ServerKeys, AreTheSectionOfThatName) { ExpectSection(ServerKeys(), "server"); }

TEST(ServerKeys, BoundsAreInclusive) {
  ExpectBounds({{"server.max_body", "1KiB", "16GiB", 1023, "17GiB"},
                {"server.drain", "1ms", "1h", "999us", "3601s"},
                {"server.memory", "16MiB", "1024GiB", "15MiB", "1025GiB"},
                {"server.max_connections", 0, 1000000, -1, 1000001},
                {"server.threads", 0, 1024, -1, 1025}});
}

TEST(ServerKeys, MemoryMayBeLeftToTheServer) {
  EXPECT_TRUE(Takes("server.memory", "auto"));
  EXPECT_FALSE(Takes("server.memory", "some"));
}

TEST(ServerKeys, OriginsAreSchemeAndHost) {
  for (const char* good : {"*", "https://app.example", "http://localhost:5173"}) {
    EXPECT_TRUE(Takes("server.cors_origins", json::Json::array({good}))) << good;
  }
  EXPECT_TRUE(Takes("server.cors_origins", json::Json::array()));
  for (const char* bad :
       {"", "app.example", "https://", "https://app.example/", "https://*.example"}) {
    EXPECT_FALSE(Takes("server.cors_origins", json::Json::array({bad}))) << bad;
  }
}

TEST(ServerKeys, AnAddressNeedsItsPort) {
  for (const char* good : {"127.0.0.1:8000", "[::1]:0", "localhost:65535"}) {
    EXPECT_TRUE(Takes("server.listen", good)) << good;
  }
  for (const char* bad : {"", "127.0.0.1", ":8000", "127.0.0.1:65536"}) {
    EXPECT_FALSE(Takes("server.listen", bad)) << bad;
  }
}

}  // namespace
}  // namespace moorage::config
