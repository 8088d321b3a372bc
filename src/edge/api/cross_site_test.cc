#include "edge/api/cross_site.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::api {
namespace {

using Others = TrustedHosts::Others;
using Text = std::optional<std::string_view>;

struct Case {
  const char* what;
  CallerSite site;
  Others others;
  bool refused;
};

constexpr Text kNone;

const Case kCases[] = {
    {"curl by address", {"127.0.0.1:8000", kNone, kNone}, Others::kRefused, false},
    {"curl by IPv6 address", {"[::1]:8000", kNone, kNone}, Others::kRefused, false},
    {"curl by localhost", {"LocalHost:8000", kNone, kNone}, Others::kRefused, false},
    {"curl by a name of this machine", {"a.localhost", kNone, kNone}, Others::kRefused, false},
    {"curl by the configured name", {"Models.Test:8000", kNone, kNone}, Others::kRefused, false},
    {"the same with the root's dot", {"models.test.:80", kNone, kNone}, Others::kRefused, false},
    {"HTTP/1.0 without Host", {kNone, kNone, kNone}, Others::kRefused, false},
    {"a name that was rebound", {"evil.example:8000", kNone, kNone}, Others::kRefused, true},
    {"a name that looks like ours",
     {"127.0.0.1.evil.example", kNone, kNone},
     Others::kRefused,
     true},
    {"a name that ends like ours", {"notlocalhost", kNone, kNone}, Others::kRefused, true},
    {"an empty Host", {"", kNone, kNone}, Others::kRefused, true},
    {"broken brackets", {"[::1", kNone, "none"}, Others::kRefused, false},
    {"brackets around a name", {"[evil.example]", kNone, kNone}, Others::kRefused, true},

    {"a script in a cluster", {"moorage:8000", kNone, kNone}, Others::kRefusedToBrowsers, false},
    {"a rebound page, seen by Origin",
     {"evil.example:8000", "http://evil.example:8000", kNone},
     Others::kRefusedToBrowsers,
     true},
    {"a rebound page, seen by Sec-Fetch-Site",
     {"evil.example", kNone, "same-origin"},
     Others::kRefusedToBrowsers,
     true},

    {"our own page",
     {"127.0.0.1:8000", "http://127.0.0.1:8000", "same-origin"},
     Others::kRefused,
     false},
    {"our own page behind TLS",
     {"models.test", "https://models.test", kNone},
     Others::kRefused,
     false},
    {"typed by the user", {"127.0.0.1:8000", kNone, "none"}, Others::kRefused, false},
    {"another site",
     {"127.0.0.1:8000", "https://evil.example", "cross-site"},
     Others::kRefused,
     true},
    {"another site, old browser",
     {"127.0.0.1:8000", "https://evil.example", kNone},
     Others::kRefused,
     true},
    {"another site without Origin",
     {"127.0.0.1:8000", kNone, "cross-site"},
     Others::kRefused,
     true},
    {"a sister site", {"127.0.0.1:8000", kNone, "same-site"}, Others::kRefusedToBrowsers, true},
    {"another port of this machine",
     {"127.0.0.1:8000", "http://127.0.0.1:3000", kNone},
     Others::kRefused,
     true},
    {"the same host by another name",
     {"127.0.0.1:8000", "http://localhost:8000", kNone},
     Others::kRefused,
     true},
    {"a page without an origin", {"127.0.0.1:8000", "null", kNone}, Others::kRefused, true},
    {"an Origin without a Host", {kNone, "http://127.0.0.1:8000", kNone}, Others::kRefused, true},
};

TEST(CrossSite, RefusesWhatAPageOfAnotherSiteCouldSend) {
  for (const Case& c : kCases) {
    const auto refusal = RefusalOf(c.site, {.configured = "models.test", .others = c.others});
    EXPECT_EQ(refusal.has_value(), c.refused) << c.what << ": " << refusal.value_or("allowed");
  }
}

TEST(CrossSite, GivesTheReasonInOneSentence) {
  EXPECT_EQ(RefusalOf({"127.0.0.1:8000", "https://evil.example", kNone}, {}),
            "the request was made by a page of 'https://evil.example': without authentication no "
            "page of another site may change the registry");
  EXPECT_EQ(RefusalOf({"evil.example:8000", kNone, kNone}, {}),
            "the Host 'evil.example:8000' is neither an IP address, localhost nor the host of "
            "server.listen: without authentication no page of another site may change the "
            "registry; call the server by its address");
}

TEST(CrossSite, QuotesNoMoreThanTheBeginningOfALongName) {
  const std::string name(10'000, 'n');
  const auto refusal = RefusalOf({name, kNone, kNone}, {});
  ASSERT_TRUE(refusal.has_value());
  EXPECT_LT(refusal->size(), 400U);
}

}  // namespace
}  // namespace moorage::api
