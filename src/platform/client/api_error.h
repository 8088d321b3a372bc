#pragma once

#include <string_view>

#include "foundation/base/error.h"

namespace moorage::client {

// The Error that an answer with a status of 400 or more stands for. `body` is the server's error
// form. If it is something else, as the page of a proxy is, the status decides the code and the
// message names the status.
base::Error ErrorOfAnswer(int status, std::string_view body);

}  // namespace moorage::client
