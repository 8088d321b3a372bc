#pragma once

// The user of this process, as the system knows it. Environment variables are not asked, because
// any caller can set them.

#include <string>

namespace moorage::base {

// The name of the process's user in the system's list of users. "uid:1000" where the list has none.
std::string NameOfUser();

}  // namespace moorage::base
