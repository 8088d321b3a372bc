#include "foundation/base/user_name.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace moorage::base {
namespace {

TEST(UserName, ComesFromTheSystemAndNotFromTheEnvironment) {
  ASSERT_EQ(::setenv("USER", "mallory", 1), 0);
  ASSERT_EQ(::setenv("LOGNAME", "mallory", 1), 0);
  EXPECT_NE(NameOfUser(), "mallory");
  EXPECT_FALSE(NameOfUser().empty());
  if (::getuid() == 0) {
    EXPECT_EQ(NameOfUser(), "root");
  }
}

}  // namespace
}  // namespace moorage::base
