#include "main/process/exposure.h"

namespace moorage::process {

base::Status CheckExposure(const config::Config& config, const cli::ServeOptions& options) {
  if (options.exposure == cli::ServeOptions::Exposure::kInsecure) return {};
  for (const config::Endpoint* endpoint : {&config.server.listen, &config.server.metrics_listen}) {
    if (endpoint->loopback()) continue;
    return base::Error{base::Code::kDenied,
                       endpoint->host +
                           " can be reached from other machines and auth.mode is none: listen on "
                           "127.0.0.1, or pass --insecure if something else guards the port"};
  }
  return {};
}

}  // namespace moorage::process
