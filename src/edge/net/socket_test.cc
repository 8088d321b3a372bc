#include "edge/net/socket.h"

#include <gtest/gtest.h>

#include "edge/net/testing/test_client.h"

namespace moorage::net {
namespace {

TEST(ListenAddress, PutsBracketsAroundAColon) {
  EXPECT_EQ((ListenAddress{"::1", 80}).ToString(), "[::1]:80");
  EXPECT_EQ((ListenAddress{"localhost", 8000}).ToString(), "localhost:8000");
}

TEST(Socket, ListensOnBothFamiliesAndKnowsLoopback) {
  const auto local = Listen({"127.0.0.1", 0}, PortSharing::kExclusive, 8);
  ASSERT_TRUE(local.ok());
  EXPECT_NE(BoundPort(local->get()), 0);
  EXPECT_TRUE(IsLoopback(local->get()));
  const auto open = Listen({"0.0.0.0", 0}, PortSharing::kExclusive, 8);
  ASSERT_TRUE(open.ok());
  EXPECT_FALSE(IsLoopback(open->get()));
  if (const auto six = Listen({"::1", 0}, PortSharing::kExclusive, 8); six.ok()) {
    EXPECT_TRUE(IsLoopback(six->get()));
    EXPECT_NE(BoundPort(six->get()), 0);
  }
}

TEST(Socket, NamesTheAddressThatItCannotHave) {
  const auto first = Listen({"127.0.0.1", 0}, PortSharing::kExclusive, 8);
  const ListenAddress taken{"127.0.0.1", BoundPort(first->get())};
  const auto second = Listen(taken, PortSharing::kExclusive, 8);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find(taken.ToString()), std::string::npos);
  EXPECT_FALSE(CheckFree(taken).ok());
  EXPECT_FALSE(Listen({"no such host", 1}, PortSharing::kExclusive, 8).ok());
}

TEST(Socket, StillGivesOutConnectionsThatCompletedBeforeNewOnesAreDropped) {
  const auto listener = Listen({"127.0.0.1", 0}, PortSharing::kExclusive, 8);
  ASSERT_TRUE(listener.ok());
  TestClient client(BoundPort(listener->get()));
  ASSERT_TRUE(client.connected());
  ASSERT_TRUE(DropNewConnections(listener->get()).ok());
  const Accepted accepted = Accept(listener->get());
  ASSERT_TRUE(accepted.fd);
  EXPECT_TRUE(accepted.peer.starts_with("127.0.0.1:"));
  ASSERT_TRUE(client.Send("x"));
  EXPECT_EQ(Accept(listener->get()).reason, NoConnection::kNoneWaiting);
}

}  // namespace
}  // namespace moorage::net
