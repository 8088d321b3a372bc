#include "control/management/call_reader.h"

#include <gtest/gtest.h>

namespace moorage::management {
namespace {

using json::Json;
using model::ApiCall;

ApiCall WithParts(std::vector<model::ApiPart> parts) { return {.parts = std::move(parts)}; }

ApiCall WithBody(Json body) { return {.body = std::move(body)}; }

// What the refusal says; its one detail says the same.
template <typename T>
std::string Refusal(const base::Result<T>& result) {
  if (result.ok()) return "accepted";
  const base::Error& error = result.error();
  EXPECT_EQ(error.code, base::Code::kInvalid);
  EXPECT_EQ(error.details.size(), 1U) << error.message;
  if (!error.details.empty()) {
    EXPECT_EQ(error.message, error.details[0].path + ": " + error.details[0].problem);
  }
  return error.message;
}

TEST(CallReader, TakesTheQueryParametersItKnowsAndNamesAnyOther) {
  const ApiCall call{.query = {{"limit", "5"}, {"since", ""}}};
  const CallReader reader(call);
  EXPECT_EQ(Refusal(reader.OnlyQuery({"since", "limit"})), "accepted");
  EXPECT_EQ(Refusal(reader.OnlyQuery({"since", "name"})),
            "query 'limit': unknown; known are: since, name");
  EXPECT_EQ(Refusal(reader.OnlyQuery({})), "query 'limit': unknown; this call takes none");
  EXPECT_EQ(reader.Query("limit"), "5");
  EXPECT_EQ(reader.Query("since"), "");
  EXPECT_EQ(reader.Query("name"), std::nullopt);
  EXPECT_EQ(*reader.RequiredQuery("limit"), "5");
  EXPECT_EQ(Refusal(reader.RequiredQuery("name")), "query 'name': missing");
  EXPECT_EQ(Refusal(reader.RequiredQuery("since")), "query 'since': missing") << "empty is missing";
}

TEST(CallReader, TakesThePartsItKnowsOnceEachButExternalFiles) {
  const ApiCall call =
      WithParts({{"model", "", "m"}, {"external", "a", "1"}, {"external", "b", "2"}});
  const CallReader reader(call);
  EXPECT_EQ(Refusal(reader.OnlyParts({"model", "external"})), "accepted");
  EXPECT_EQ(Refusal(reader.OnlyParts({"external", "notes"})),
            "part 'model': unknown; known are: external, notes");
  EXPECT_EQ(reader.Part("model")->bytes, "m");
  EXPECT_EQ(reader.Part("notes"), nullptr);
  EXPECT_EQ((*reader.RequiredPart("model"))->bytes, "m");
  EXPECT_EQ(Refusal(reader.RequiredPart("notes")), "part 'notes': missing");

  const ApiCall twice = WithParts({{"model", "", "m"}, {"model", "", "m"}});
  EXPECT_EQ(Refusal(CallReader(twice).OnlyParts({"model"})), "part 'model': there twice");
  const ApiCall body = WithBody({{"model", "m"}});
  EXPECT_EQ(Refusal(CallReader(body).OnlyParts({"model", "notes"})),
            "body: must be multipart/form-data with the parts model, notes");
}

TEST(CallReader, TakesAnObjectOfKnownMembersOrNothingWhichIsAnEmptyOne) {
  const ApiCall call = WithBody({{"version", "1.0.0"}});
  EXPECT_EQ(*CallReader(call).OnlyBody({"version", "force"})->Member("version")->String(), "1.0.0");
  EXPECT_EQ(Refusal(CallReader(call).OnlyBody({"to"})), "version: unknown key; known are: to");
  const ApiCall empty{};
  const auto nothing = CallReader(empty).OnlyBody({"version"});
  ASSERT_TRUE(nothing.ok()) << nothing.error().message;
  EXPECT_EQ(Refusal(nothing->Member("version")), "version: missing");
  const ApiCall files = WithParts({{"version", "", "1.0.0"}});
  EXPECT_EQ(Refusal(CallReader(files).OnlyBody({"version"})),
            "body: must be a JSON object, not files");
  const ApiCall list = WithBody(Json::array());
  EXPECT_FALSE(CallReader(list).OnlyBody({"version"}).ok());
}

TEST(CallReader, RefusesAnyBodyWhereThereIsNone) {
  const ApiCall empty{};
  EXPECT_EQ(Refusal(CallReader(empty).NoBody()), "accepted");
  const ApiCall object = WithBody(Json::object());
  EXPECT_EQ(Refusal(CallReader(object).NoBody()), "body: this call takes none");
  const ApiCall files = WithParts({{"data", "", ""}});
  EXPECT_EQ(Refusal(CallReader(files).NoBody()), "body: this call takes none");
}

}  // namespace
}  // namespace moorage::management
