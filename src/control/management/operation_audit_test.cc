#include "control/management/operation_audit.h"

#include <gtest/gtest.h>

#include "control/management/testing/management_fixture.h"
#include "control/management/testing/sample_records.h"
#include "foundation/base/units.h"

namespace moorage::management {
namespace {

model::ApiCall QueryOf(std::map<std::string, std::string> query) {
  model::ApiCall call = CallOf(kAudit);
  call.query = std::move(query);
  return call;
}

TEST(ReadAudit, AnAuditIsOfOneModelSinceATimeUpToALimit) {
  const auto limit = [](const char* text) { return ReadAudit(QueryOf({{"limit", text}})); };
  EXPECT_EQ(ReadAudit(QueryOf({}))->limit, 100U);
  EXPECT_EQ(limit("1")->limit, 1U);
  EXPECT_EQ(limit("10000")->limit, 10'000U);
  for (const char* bad : {"", "0", "10001", "-1", "1.5", "5 ", "99999999999999999999"}) {
    EXPECT_EQ(ProblemOf(limit(bad)), "query 'limit': must be from 1 to 10000") << bad;
  }
  const auto filter = ReadAudit(QueryOf({{"name", "m"}, {"since", "2026-01-27"}}));
  ASSERT_TRUE(filter.ok()) << filter.error().message;
  EXPECT_EQ(filter->name->value(), "m");
  EXPECT_EQ(base::FormatTime(*filter->since), "2026-01-27T00:00:00.000Z");
  EXPECT_TRUE(
      ProblemOf(ReadAudit(QueryOf({{"since", "yesterday"}}))).starts_with("query 'since': "));
}

TEST(AuditDocument, AnEventOfNoModelHasNullThere) {
  const registry::Event event{.id = 4,
                              .at = Now(),
                              .actor = "ada",
                              .verb = "collect",
                              .model = "",
                              .subject = "blobs",
                              .details = R"({"bytes":5})"};
  EXPECT_EQ(AuditDocument({event}), JsonOf(R"({"events": [{"id": 4,
      "at": "2026-01-27T01:08:12.345Z", "actor": "ada", "verb": "collect", "model": null,
      "subject": "blobs", "details": {"bytes": 5}}]})"));
}

}  // namespace
}  // namespace moorage::management
