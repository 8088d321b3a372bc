#include "main/process/end_signals.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

namespace moorage::process {
namespace {

// Each runs in a process of its own, because signals belong to the whole process.

TEST(EndSignalsDeathTest, WaitForTheSignalThatComes) {
  const auto waits_for = [](int signal, std::string_view name) {
    const EndSignals signals;
    std::raise(signal);
    std::exit(Name(signals.Wait()) == name ? 0 : 1);
  };
  EXPECT_EXIT(waits_for(SIGTERM, "SIGTERM"), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(waits_for(SIGINT, "SIGINT"), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(waits_for(SIGHUP, "SIGHUP"), testing::ExitedWithCode(0), "");
}

TEST(EndSignalsDeathTest, LetASecondInterruptEndTheProcess) {
  const auto interrupted_twice = [] {
    const EndSignals signals;
    std::raise(SIGINT);
    (void)signals.Wait();
    EndSignals::LetInterrupt();
    std::raise(SIGINT);
    std::exit(0);
  };
  EXPECT_EXIT(interrupted_twice(), testing::KilledBySignal(SIGINT), "");
}

TEST(EndSignalsDeathTest, SurviveAClientThatGoesAway) {
  const auto piped = [] {
    const EndSignals signals;
    std::raise(SIGPIPE);
    std::exit(0);
  };
  EXPECT_EXIT(piped(), testing::ExitedWithCode(0), "");
}

TEST(EndSignalsDeathTest, SurviveAFileThatMayNotGrow) {
  const auto full = [] {
    const EndSignals signals;
    std::raise(SIGXFSZ);
    std::exit(0);
  };
  EXPECT_EXIT(full(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace moorage::process
