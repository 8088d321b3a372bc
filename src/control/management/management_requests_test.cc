#include "control/management/management_requests.h"

#include <gtest/gtest.h>

#include <chrono>

#include "foundation/base/units.h"

namespace moorage::management {
namespace {

using base::Code;
using json::Json;
using model::ApiCall;
using Query = std::map<std::string, std::string>;

ApiCall WithQuery(Query query) {
  return {.method = "GET", .path = "/x", .query = std::move(query), .actor = "ada"};
}
ApiCall PutBody(Json body) {
  return {.method = "PUT", .path = "/x", .body = std::move(body), .actor = "ada"};
}
ApiCall PostParts(std::vector<model::ApiPart> parts, Query query = {}) {
  return {.method = "POST",
          .path = "/x",
          .query = std::move(query),
          .parts = std::move(parts),
          .actor = "ada"};
}

template <typename T>
std::string Problem(const base::Result<T>& result) {
  if (result.ok()) return "accepted";
  EXPECT_EQ(result.error().code, Code::kInvalid) << result.error().message;
  return result.error().message;
}

TEST(ManagementRequests, ASelectorIsAVersionWithOrWithoutVOrAnAlias) {
  const model::ModelName name("cancer");
  EXPECT_EQ(SelectorRef(name, "1.2.0")->version()->text(), "1.2.0");
  EXPECT_EQ(SelectorRef(name, "v1.2.0")->version()->text(), "1.2.0");
  EXPECT_EQ(SelectorRef(name, "v2")->alias()->value(), "v2");
  EXPECT_EQ(SelectorRef(name, "staging")->alias()->value(), "staging");
  for (const char* bad : {"", "1.2", "Staging", "a b"}) {
    EXPECT_FALSE(SelectorRef(name, bad).ok()) << bad;
  }
  EXPECT_EQ(ParseVersion("v1.2.0")->text(), "1.2.0");
  for (const char* bad : {"", "v", "vv1.2.0", "staging"}) EXPECT_FALSE(ParseVersion(bad).ok());
}

TEST(ManagementRequests, APushPointsToTheBytesOfItsParts) {
  const ApiCall call = PostParts({{"model", "model.onnx", "graph"},
                                  {"metadata", "", R"({"version": "2.0.0"})"},
                                  {"options", "", R"({"tags": {"team": "blue"}})"},
                                  {"reference", "", "a\n1\n"},
                                  {"notes", "", "why"},
                                  {"external", "w.bin", "weights"}});
  const auto push = ReadPush(call, "cancer");
  ASSERT_TRUE(push.ok()) << push.error().message;
  EXPECT_EQ(push->name.value(), "cancer");
  EXPECT_EQ(push->actor, "ada");
  EXPECT_EQ(push->files.model->data(), call.parts[0].bytes.data()) << "no copy";
  EXPECT_EQ(push->files.metadata, call.parts[1].bytes);
  EXPECT_EQ(push->files.reference, "a\n1\n");
  ASSERT_EQ(push->files.external.size(), 1U);
  EXPECT_EQ(push->files.external[0].name, "w.bin");
  EXPECT_EQ(*push->files.external[0].bytes, "weights");
  EXPECT_EQ(push->options.tags.at("team"), "blue");
  EXPECT_EQ(push->options.notes, "why");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(push->wish));
}

TEST(ManagementRequests, APushWishesForAVersionOrAStepAndNotForBoth) {
  const auto wish = [](Query query) {
    const ApiCall call = PostParts({{"model", "", "graph"}}, std::move(query));
    return ReadPush(call, "m");
  };
  EXPECT_EQ(std::get<model::SemVer>(wish({{"version", "v1.2.3"}})->wish).text(), "1.2.3");
  EXPECT_TRUE(std::holds_alternative<control::LeastLegal>(wish({{"bump", "auto"}})->wish));
  EXPECT_EQ(std::get<contract::Bump>(wish({{"bump", "minor"}})->wish), contract::Bump::kMinor);
  EXPECT_EQ(Problem(wish({{"bump", "huge"}})), "query 'bump': must be auto, major, minor or patch");
  EXPECT_EQ(Problem(wish({{"bump", "auto"}, {"version", "1.0.0"}})),
            "query 'bump': cannot stand beside 'version'");
  EXPECT_TRUE(Problem(wish({{"version", "1.0"}}))
                  .starts_with("query 'version': version '1.0' is not a semantic version: "));
}

TEST(ManagementRequests, APushNamesThePartThatIsWrong) {
  const auto problem = [](std::vector<model::ApiPart> parts) {
    const ApiCall call = PostParts(std::move(parts));
    return Problem(ReadPush(call, "m"));
  };
  EXPECT_EQ(problem({}), "part 'model': missing");
  EXPECT_EQ(
      problem({{"modl", "", "x"}}),
      "part 'modl': unknown; known are: model, metadata, options, reference, notes, external");
  EXPECT_EQ(problem({{"model", "", "x"}, {"model", "", "y"}}), "part 'model': there twice");
  EXPECT_TRUE(problem({{"model", "", "x"}, {"options", "", "{"}}).starts_with("options: JSON: "));
}

TEST(ManagementRequests, APromotionSaysWhatTheAliasIsExpectedToPointTo) {
  const auto read = [](Json body) {
    const ApiCall call = PutBody(std::move(body));
    return ReadPromote(call, "m", "production");
  };
  const auto plain = read({{"version", "v1.0.0"}});
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  EXPECT_EQ(model::Format(plain->ref), "m@1.0.0");
  EXPECT_EQ(plain->alias.value(), "production");
  EXPECT_EQ(plain->rule, registry::EvidenceRule::kRequired);
  EXPECT_FALSE(plain->expected.has_value()) << "absent: whatever it points to";
  EXPECT_EQ(plain->actor, "ada");
  const auto absent = read({{"version", "staging"}, {"expected", nullptr}});
  ASSERT_TRUE(absent->expected.has_value()) << "null: it must not exist";
  EXPECT_FALSE(absent->expected->version.has_value());
  const auto forced =
      read({{"version", "1.0.0"}, {"expected", "0.9.0"}, {"force", true}, {"reason", "outage"}});
  EXPECT_EQ(forced->expected->version->text(), "0.9.0");
  EXPECT_EQ(forced->rule, registry::EvidenceRule::kWaived);
  EXPECT_EQ(forced->reason, "outage");

  EXPECT_TRUE(Problem(read({{"versoin", "1.0.0"}})).starts_with("versoin: unknown key"));
  EXPECT_EQ(Problem(read({{"force", true}})), "version: missing");
  EXPECT_EQ(Problem(read({{"version", "1.0.0"}, {"force", "yes"}})),
            "force: must be true or false");
  EXPECT_TRUE(
      Problem(read({{"version", "1.0.0"}, {"expected", "one"}})).starts_with("expected: version"));
  const ApiCall call = PutBody({{"version", "1.0.0"}});
  EXPECT_NE(Problem(ReadPromote(call, "m", "1.0.0")).find("alias"), std::string::npos);
}

TEST(ManagementRequests, ARollbackGoesToTheVersionBeforeOnlyIfNoneIsNamed) {
  const auto read = [](Json body) {
    const ApiCall call = PutBody(std::move(body));
    return ReadRollback(call, "m", "production");
  };
  EXPECT_EQ(read(nullptr)->to, std::nullopt);
  EXPECT_EQ(read({{"to", nullptr}, {"reason", "alarm"}})->to, std::nullopt);
  const auto named = read({{"to", "v1.0.0"}, {"expected", "2.0.0"}});
  ASSERT_TRUE(named.ok()) << named.error().message;
  EXPECT_EQ(named->to->text(), "1.0.0");
  EXPECT_EQ(named->expected->version->text(), "2.0.0");
  // A script whose variable was empty must not roll back to wherever.
  EXPECT_TRUE(Problem(read({{"to", ""}})).starts_with("to: version '' is not a semantic version"));
  EXPECT_TRUE(Problem(read({{"to", "staging"}})).starts_with("to: version 'staging'"));
}

TEST(ManagementRequests, AValidationKnowsItsDataTargetAndBaseline) {
  const auto read = [](Query query) {
    return ReadValidate(PostParts({{"data", "", "csv"}, {"policy", "", "yaml"}}, std::move(query)),
                        "m", "1.0.0");
  };
  const auto baseline = [&](const char* text) {
    const auto request = read({{"target", "t"}, {"baseline", text}});
    if (!request.ok()) return Problem(request);
    const auto* ref = std::get_if<model::ModelRef>(&request->baseline);
    return ref != nullptr ? model::Format(*ref) : std::string("none");
  };
  const ApiCall call = PostParts({{"data", "", "csv"}, {"policy", "", "yaml"}},
                                 {{"target", "t"}, {"ignore", "id,,note,"}});
  const auto request = ReadValidate(call, "m", "staging");
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(model::Format(request->ref), "m@staging");
  EXPECT_EQ(request->data, "csv");
  EXPECT_EQ(request->policy, "yaml");
  EXPECT_EQ(request->target, "t");
  EXPECT_EQ(request->ignored, (std::vector<std::string>{"id", "note"}));
  EXPECT_TRUE(std::holds_alternative<control::ProductionBaseline>(request->baseline));
  EXPECT_EQ(baseline("none"), "none");
  EXPECT_EQ(baseline("1.2.0"), "m@1.2.0") << "a bare version is one of this model";
  EXPECT_EQ(baseline("v1.2.0"), "m@1.2.0");
  EXPECT_EQ(baseline("other"), "other@production");
  EXPECT_EQ(baseline("m@staging"), "m@staging");
  EXPECT_TRUE(baseline("a b").starts_with("query 'baseline': "));
  EXPECT_EQ(Problem(read({})), "query 'target': missing");
  EXPECT_EQ(Problem(ReadValidate(PostParts({}, {{"target", "t"}}), "m", "1.0.0")),
            "part 'data': missing");
}

TEST(ManagementRequests, AnAuditIsOfOneModelSinceATimeUpToALimit) {
  const auto limit = [](const char* text) { return ReadAudit(WithQuery({{"limit", text}})); };
  EXPECT_EQ(ReadAudit(WithQuery({}))->limit, 100U);
  EXPECT_EQ(limit("1")->limit, 1U);
  EXPECT_EQ(limit("10000")->limit, 10'000U);
  for (const char* bad : {"", "0", "10001", "-1", "1.5", "5 ", "99999999999999999999"}) {
    EXPECT_EQ(Problem(limit(bad)), "query 'limit': must be from 1 to 10000") << bad;
  }
  const auto filter = ReadAudit(WithQuery({{"name", "m"}, {"since", "2026-01-27"}}));
  ASSERT_TRUE(filter.ok()) << filter.error().message;
  EXPECT_EQ(filter->name->value(), "m");
  EXPECT_EQ(base::FormatTime(*filter->since), "2026-01-27T00:00:00.000Z");
  EXPECT_TRUE(
      Problem(ReadAudit(WithQuery({{"since", "yesterday"}}))).starts_with("query 'since': "));
}

TEST(ManagementRequests, AHistoryIsOfAModelAnAliasOrAnInstant) {
  const auto question =
      ReadHistory(WithQuery({{"alias", "staging"}, {"at", "2026-01-27T01:08:12.345Z"}}), "m");
  ASSERT_TRUE(question.ok()) << question.error().message;
  EXPECT_EQ(question->name.value(), "m");
  EXPECT_EQ(question->alias->value(), "staging");
  EXPECT_EQ(base::FormatTime(*question->at), "2026-01-27T01:08:12.345Z");
  EXPECT_FALSE(ReadHistory(WithQuery({}), "m")->at.has_value());
  EXPECT_FALSE(ReadHistory(WithQuery({{"alias", "1.0.0"}}), "m").ok());
}

TEST(ManagementRequests, ACollectionRemovesUnlessItIsADryRun) {
  const auto order = [](Json body) { return ReadGarbage(PutBody(std::move(body))); };
  EXPECT_EQ(order(nullptr)->mode, registry::GarbageMode::kRemove);
  EXPECT_EQ(order(nullptr)->grace, std::chrono::hours(1));
  EXPECT_EQ(order({{"dry_run", true}})->mode, registry::GarbageMode::kReport);
  EXPECT_EQ(order({{"grace", "90s"}})->grace, std::chrono::seconds(90));
  EXPECT_TRUE(Problem(order({{"grace", "long"}})).starts_with("grace: duration 'long': "));
  EXPECT_EQ(Problem(order({{"grace", 5}})), "grace: must be a string");
}

}  // namespace
}  // namespace moorage::management
