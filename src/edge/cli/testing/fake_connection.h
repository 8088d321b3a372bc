#pragma once

#include <vector>

#include "edge/cli/api_connection.h"

namespace moorage::cli {

// Remembers what was asked, and always gives the same answer.
class FakeConnection : public ApiConnection {
 public:
  struct Script {
    std::vector<model::ApiCall> calls;
    base::Result<model::ApiReply> answer = model::ApiReply{};
  };

  // The script outlives the connection.
  explicit FakeConnection(Script& script) : script_(script) {}

  base::Result<model::ApiReply> Call(const model::ApiCall& call) override {
    script_.calls.push_back(call);
    return script_.answer;
  }

 private:
  Script& script_;
};

}  // namespace moorage::cli
