#include "foundation/base/user_name.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace moorage::base {

std::string NameOfUser() {
  const uid_t user = ::getuid();
  std::array<char, 4096> text{};
  passwd entry{};
  passwd* found = nullptr;
  const int error = ::getpwuid_r(user, &entry, text.data(), text.size(), &found);
  if (error == 0 && found != nullptr && found->pw_name[0] != '\0') return found->pw_name;
  return "uid:" + std::to_string(user);
}

}  // namespace moorage::base
