#include "edge/cli/server_connection.h"

#include <chrono>
#include <string>
#include <utility>

namespace moorage::cli {

namespace {

using base::Result;
using client::HttpClient;

Result<std::string> ServerOf(Shell& shell) {
  if (!shell.options().server.empty()) return shell.options().server;
  ASSIGN_OR_RETURN(const auto loaded, shell.LoadConfig());
  config::Endpoint endpoint = loaded.config.server.listen;
  // A server that listens on every address is reached by the loopback.
  if (endpoint.host == "0.0.0.0") endpoint.host = "127.0.0.1";
  if (endpoint.host == "::") endpoint.host = "::1";
  return "http://" + config::Format(endpoint);
}

}  // namespace

Result<std::unique_ptr<HttpClient>> ConnectToServer(Shell& shell) {
  ASSIGN_OR_RETURN(std::string server, ServerOf(shell));
  HttpClient::Options options;
  options.server = std::move(server);
  options.token = shell.Token();
  options.connect_timeout = std::chrono::seconds(2);
  options.timeout = std::chrono::seconds(5);
  return HttpClient::Make(std::move(options));
}

}  // namespace moorage::cli
