#pragma once

#include <vector>

#include "edge/cli/transport.h"

namespace moorage::cli {

// Remembers what was asked, and always gives the same answer.
class FakeTransport : public Transport {
 public:
  struct Script {
    std::vector<model::ApiCall> calls;
    base::Result<model::ApiReply> answer = model::ApiReply{};
  };

  // The script outlives the transport.
  explicit FakeTransport(Script& script) : script_(script) {}

  base::Result<model::ApiReply> Call(const model::ApiCall& call) override {
    script_.calls.push_back(call);
    return script_.answer;
  }

 private:
  Script& script_;
};

}  // namespace moorage::cli
