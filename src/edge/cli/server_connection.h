#pragma once

#include <memory>

#include "edge/cli/shell.h"
#include "foundation/base/result.h"
#include "platform/client/http_client.h"

namespace moorage::cli {

// A client of the server that --server names. Without the option, it is the server that the
// configuration would start on this machine. Calls end after a few seconds.
base::Result<std::unique_ptr<client::HttpClient>> ConnectToServer(Shell& shell);

}  // namespace moorage::cli
