// Runs the tests of a program. The program enters its checkout, so MOORAGE_SOURCE_DIR is "." for
// every test. No test waits without end: one that does not end within kLimit ends the program with
// a sentence that names it, whatever the test waits for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace {

// Longer than any test takes under a sanitizer on a machine that does much else.
constexpr unsigned kLimitSeconds = 120;

// Written before the alarm is set, so the signal's handler formats nothing.
std::array<char, 512> late{};

// Calls only what a signal handler may call.
void EndLateTest(int /*signal*/) {
  [[maybe_unused]] const auto written =
      ::write(STDERR_FILENO, late.data(), std::strlen(late.data()));
  ::_exit(EXIT_FAILURE);
}

// Sets an alarm for each test. A child process that a test forks has none, by the rules of
// alarm(2).
class TimeLimit : public testing::EmptyTestEventListener {
 public:
  TimeLimit() { std::signal(SIGALRM, EndLateTest); }

 private:
  void OnTestStart(const testing::TestInfo& test) override {
    std::snprintf(late.data(), late.size(), "\n[  FAILED  ] %s.%s did not end within %u s\n",
                  test.test_suite_name(), test.name(), kLimitSeconds);
    ::alarm(kLimitSeconds);
  }
  void OnTestEnd(const testing::TestInfo& /*test*/) override { ::alarm(0); }
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  if (::chdir(MOORAGE_CHECKOUT) != 0) {
    std::perror("cannot enter " MOORAGE_CHECKOUT);
    return EXIT_FAILURE;
  }
  testing::UnitTest::GetInstance()->listeners().Append(std::make_unique<TimeLimit>().release());
  return RUN_ALL_TESTS();
}
