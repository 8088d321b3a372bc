#include "platform/client/api_error.h"

#include <gtest/gtest.h>

namespace moorage::client {
namespace {

using base::Code;

TEST(ErrorOfAnswer, KeepsCodeSentenceAndDetails) {
  const base::Error error =
      ErrorOfAnswer(400, R"({"error": "features[3]: not a number", "code": "invalid_argument",
               "request_id": "x", "details": [{"path": "features[3]", "problem": "not a number"}]})");
  EXPECT_EQ(error.code, Code::kInvalid);
  EXPECT_EQ(error.message, "features[3]: not a number");
  ASSERT_EQ(error.details.size(), 1U);
  EXPECT_EQ(error.details[0].path, "features[3]");
}

TEST(ErrorOfAnswer, KeepsARemedyThatItKnows) {
  const auto remedy = [](const char* body) { return ErrorOfAnswer(404, body).remedy; };
  EXPECT_EQ(remedy(R"({"error": "x", "remedy": {"kind": "set_alias", "subject": "a@b"}})"),
            (base::Remedy{base::RemedyKind::kSetAlias, "a@b"}));
  EXPECT_EQ(remedy(R"({"error": "x", "remedy": {"kind": "list_labels"}})"),
            (base::Remedy{base::RemedyKind::kListLabels}));
  for (const char* none : {R"({"error": "x"})", R"({"error": "x", "remedy": "validate"})",
                           R"({"error": "x", "remedy": {"kind": "of a newer server"}})"}) {
    EXPECT_FALSE(remedy(none)) << none;
  }
}

TEST(ErrorOfAnswer, TheNameDecidesWhereTheStatusIsShared) {
  EXPECT_EQ(ErrorOfAnswer(500, R"({"error": "x", "code": "data_loss"})").code, Code::kCorrupt);
  EXPECT_EQ(ErrorOfAnswer(500, R"({"error": "x", "code": "internal"})").code, Code::kInternal);
}

TEST(ErrorOfAnswer, SaysThatAProxysPageIsNotOurs) {
  const base::Error error = ErrorOfAnswer(502, "<html>Bad gateway</html>");
  EXPECT_EQ(error.code, Code::kUnavailable);
  EXPECT_NE(error.message.find("502"), std::string::npos);
  EXPECT_EQ(ErrorOfAnswer(404, "").code, Code::kNotFound);
}

}  // namespace
}  // namespace moorage::client
