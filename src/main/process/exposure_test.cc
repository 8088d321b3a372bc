#include "main/process/exposure.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::process {
namespace {

using Exposure = cli::ServeOptions::Exposure;

TEST(Exposure, IsRefusedOnEveryAddressThatOthersCanReach) {
  struct Case {
    std::string listen;
    std::string metrics;
    std::string refused;  // the address that the error names, empty for none
  };
  for (const auto& [listen, metrics, refused] :
       {Case{"127.0.0.1", "127.0.0.1", ""}, Case{"localhost", "::1", ""},
        Case{"0.0.0.0", "127.0.0.1", "0.0.0.0"}, Case{"::", "127.0.0.1", "::"},
        Case{"127.0.0.1", "192.0.2.7", "192.0.2.7"}}) {
    config::Config config;
    config.server.listen.host = listen;
    config.server.metrics_listen.host = metrics;
    const base::Status checked = CheckExposure(config, {});
    EXPECT_EQ(checked.ok(), refused.empty()) << listen << ", " << metrics;
    if (!checked.ok()) {
      EXPECT_EQ(checked.error().code, base::Code::kDenied);
      EXPECT_TRUE(checked.error().message.starts_with(refused + " can be reached"))
          << checked.error().message;
    }
    EXPECT_TRUE(CheckExposure(config, {.models = {}, .exposure = Exposure::kInsecure}).ok());
  }
}

}  // namespace
}  // namespace moorage::process
