#pragma once

// A connection without a socket, for tests of codecs.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "edge/net/codec.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::net {

// Keeps what a codec has not taken, as Connection does, and collects what it sends.
class FakeWire : public Wire {
 public:
  // Hands `bytes` to `codec`, behind what it left before.
  void Arrive(Codec& codec, std::string_view bytes) {
    pending_ += bytes;
    do {
      resume_ = false;
      // A copy per call, so that the address sanitizer finds views that outlive the call.
      input_.Append(pending_);
      pending_.erase(0, codec.Consume(input_.view()));
      input_.Release();
    } while (resume_ && !pending_.empty());
  }
  // Removes and returns everything sent so far.
  std::string TakeSent() {
    std::string sent(output_.view());
    output_.Clear();
    return sent;
  }
  // Bytes that arrive from now on have waited in the kernel.
  void set_waited(base::Duration waited) { waited_ = waited; }
  void Advance(base::Duration by) { now_ += by; }

  void set_memory(base::MemoryBudget* memory) { memory_ = memory; }
  // Whether ReserveOutput() grants.
  void set_has_memory(bool has_memory) { has_memory_ = has_memory; }
  void set_negotiated(std::string_view protocol) { negotiated_ = protocol; }

  bool closed() const { return closed_; }
  bool aborted() const { return aborted_; }
  bool watches_output() const { return watches_output_; }
  base::Instant deadline() const { return deadline_; }
  std::size_t pending() const { return pending_.size(); }

  json::ByteBuffer& output() override { return output_; }
  std::size_t output_size() const override { return output_.size(); }
  base::Instant now() const override { return now_; }
  base::Instant arrived() const override { return now_ - waited_; }
  const std::string& peer() const override { return peer_; }
  std::string_view negotiated() const override { return negotiated_; }
  base::MemoryBudget* memory() const override { return memory_; }
  TakenInput TakeInput() override { return {.memory = std::exchange(input_, {}), .charge = {}}; }
  bool ReserveOutput(std::size_t /*bytes*/) override { return has_memory_; }
  void GiveOutput(json::ByteBuffer output, base::MemoryCharge /*charge*/) override {
    output_ = std::move(output);
  }
  void Resume() override { resume_ = true; }
  void WatchOutput() override { watches_output_ = true; }
  void SetDeadline(base::Instant deadline) override { deadline_ = deadline; }
  void CloseAfterOutput() override { closed_ = true; }
  void Abort() override { aborted_ = true; }

 private:
  std::string pending_;
  json::ByteBuffer input_;  // while the codec consumes
  json::ByteBuffer output_;
  base::Instant now_{};
  base::Duration waited_{0};
  base::Instant deadline_ = base::Instant::max();
  const std::string peer_ = "192.0.2.1:49152";
  base::MemoryBudget* memory_ = nullptr;
  std::string_view negotiated_;
  bool has_memory_ = true;
  bool resume_ = false;
  bool watches_output_ = false;
  bool closed_ = false;
  bool aborted_ = false;
};

}  // namespace moorage::net
