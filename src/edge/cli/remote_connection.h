#pragma once

#include <memory>

#include "edge/cli/api_connection.h"
#include "platform/client/http_client.h"

namespace moorage::cli {

// Sends calls to a server over HTTP (`--server URL`).
class RemoteConnection : public ApiConnection {
 public:
  explicit RemoteConnection(std::unique_ptr<client::HttpClient> client)
      : client_(std::move(client)) {}

  base::Result<model::ApiReply> Call(const model::ApiCall& call) override {
    return client_->Call(call);
  }

 private:
  const std::unique_ptr<client::HttpClient> client_;
};

}  // namespace moorage::cli
