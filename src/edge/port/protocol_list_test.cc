#include "edge/port/protocol_list.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "edge/net/testing/fake_wire.h"
#include "edge/port/testing/prefix_protocol.h"

namespace moorage::port {
namespace {

constexpr std::string_view kLongPrefix = "a prefix longer than the twenty-four bytes";

class ProtocolListTest : public testing::Test {
 protected:
  ProtocolListTest() : list_(Protocols()) {}

  // What the chosen codec sends, or "wait" if none is chosen yet.
  std::string Arrive(std::string_view bytes) {
    net::FakeWire wire;
    const auto codec = list_.MakeCodec(bytes, wire);
    if (codec == nullptr) return "wait";
    wire.Arrive(*codec, bytes);
    return wire.TakeSent();
  }

  std::vector<PrefixProtocol*> protocols_;
  ProtocolList list_;

 private:
  std::vector<std::unique_ptr<net::WireProtocol>> Protocols() {
    std::vector<std::unique_ptr<net::WireProtocol>> protocols;
    for (const std::string_view prefix : {std::string_view("HELLO"), kLongPrefix,
                                          std::string_view("HE"), std::string_view("last")}) {
      auto protocol = std::make_unique<PrefixProtocol>(std::string(prefix));
      protocols_.push_back(protocol.get());
      protocols.push_back(std::move(protocol));
    }
    return protocols;
  }
};

TEST_F(ProtocolListTest, ChoosesTheFirstProtocolThatTakesTheBytes) {
  EXPECT_EQ(Arrive("HELLO!"), "HELLO:HELLO!");
  EXPECT_EQ(Arrive("HE!"), "HE:HE!");
}

TEST_F(ProtocolListTest, WaitsWhileAnEarlierProtocolNeedsMore) {
  EXPECT_EQ(Arrive("H"), "wait");
  EXPECT_EQ(Arrive("HE"), "wait") << "a later protocol takes it, the earlier one is preferred";
  EXPECT_EQ(Arrive("HELL"), "wait");
}

TEST_F(ProtocolListTest, WaitsForNoMoreBytesThanItsLimit) {
  EXPECT_EQ(Arrive(kLongPrefix.substr(0, net::kSniffBytes - 1)), "wait");
  const std::string limit(kLongPrefix.substr(0, net::kSniffBytes));
  EXPECT_EQ(Arrive(limit), "last:" + limit);
}

TEST_F(ProtocolListTest, GivesTheLastProtocolWhatNoOtherTakes) {
  EXPECT_EQ(Arrive("GET"), "last:GET");
  EXPECT_EQ(Arrive("l"), "last:l") << "it is not asked, so it cannot wait";
}

TEST_F(ProtocolListTest, ObeysTheChoiceOfAHandshake) {
  net::FakeWire wire;
  wire.set_negotiated("last");
  const auto codec = list_.MakeCodec("GET", wire);
  wire.Arrive(*codec, "x");
  EXPECT_EQ(wire.TakeSent(), "last:x");
}

TEST_F(ProtocolListTest, ClosesEveryProtocol) {
  list_.Close();
  for (const PrefixProtocol* protocol : protocols_) EXPECT_TRUE(protocol->closed);
}

}  // namespace
}  // namespace moorage::port
