#pragma once

#include <string_view>

#include "foundation/base/error.h"

namespace moorage::client {

// The Error that an answer with a status of 400 or more stands for. `body` is the server's error
// form; where it is something else (a proxy's page) the status decides the code and the message
// says so.
base::Error ErrorOfAnswer(int status, std::string_view body);

}  // namespace moorage::client
