#pragma once

// A wire protocol for tests. Its connections begin with a fixed text and get all bytes back.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "edge/net/wire_protocol.h"

namespace moorage::port {

class PrefixProtocol : public net::WireProtocol {
 public:
  explicit PrefixProtocol(std::string prefix) : prefix_(std::move(prefix)) {}

  net::Sniff Judge(std::string_view first_bytes) const override {
    if (first_bytes.starts_with(prefix_)) return net::Sniff::kMine;
    return prefix_.starts_with(first_bytes) ? net::Sniff::kNeedMore : net::Sniff::kNotMine;
  }
  std::unique_ptr<net::Codec> MakeCodec(net::Wire& wire) override {
    return std::make_unique<Codec>(wire, prefix_);
  }
  std::string_view Alpn() const override { return prefix_; }
  void Close() override { closed = true; }

  bool closed = false;

 private:
  // Sends "<prefix>:" and what arrives.
  class Codec : public net::Codec {
   public:
    Codec(net::Wire& wire, const std::string& prefix) : wire_(wire), prefix_(prefix) {}

    std::size_t Consume(std::string_view bytes) override {
      wire_.output().Append(prefix_);
      wire_.output().Append(":");
      wire_.output().Append(bytes);
      return bytes.size();
    }
    bool wants_input() const override { return true; }
    std::size_t wanted_bytes() const override { return 0; }
    void OnEndOfInput() override { wire_.CloseAfterOutput(); }
    void OnOutputLow() override {}
    void OnNoMemory() override {}
    void OnDeadline() override { wire_.CloseAfterOutput(); }
    void OnClosed() override {}
    void StartDrain(base::Instant idle_until) override { wire_.SetDeadline(idle_until); }
    bool idle() const override { return true; }

   private:
    net::Wire& wire_;
    const std::string& prefix_;
  };

  const std::string prefix_;
};

}  // namespace moorage::port
