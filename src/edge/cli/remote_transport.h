#pragma once

#include <memory>

#include "edge/cli/transport.h"
#include "platform/client/http_client.h"

namespace moorage::cli {

// `--server URL`: calls travel over HTTP.
class RemoteTransport : public Transport {
 public:
  explicit RemoteTransport(std::unique_ptr<client::HttpClient> client)
      : client_(std::move(client)) {}

  base::Result<model::ApiReply> Call(const model::ApiCall& call) override {
    return client_->Call(call);
  }

 private:
  const std::unique_ptr<client::HttpClient> client_;
};

}  // namespace moorage::cli
