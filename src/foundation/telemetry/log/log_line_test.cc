#include "foundation/telemetry/log/log_line.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

#include "foundation/base/testing/fake_clock.h"
#include "foundation/json/json.h"

namespace moorage::telemetry {
namespace {

using json::Json;

LogEntry Entry(LogType type, LogLevel level = LogLevel::kInfo) {
  LogEntry entry;
  entry.type = type;
  entry.level = level;
  entry.time = base::FakeClock().Now().time_since_epoch().count();
  return entry;
}

LogEntry Prediction() {
  LogEntry entry = Entry(LogType::kPrediction);
  entry.code = 200;
  entry.duration = 1'234'000;
  entry.text(LogText::kRequestId) = "r-1";
  entry.text(LogText::kEndpoint) = "predict";
  entry.text(LogText::kModel) = "cancer";
  entry.text(LogText::kVersion) = "1.0.0";
  entry.text(LogText::kRequest) = R"({"features": [1.5, 2, 3]})";
  entry.text(LogText::kResponse) = R"({"prediction":1,"probability":[0.25,0.75]})";
  return entry;
}

Json Line(const LogEntry& entry, PayloadPolicy payload = PayloadPolicy::kRedacted) {
  const std::string line = FormatJsonLine(entry, payload);
  EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos) << line;
  const auto json = json::ParseJson(line);
  EXPECT_TRUE(json.ok()) << line;
  return json.ok() ? *json : Json();
}

TEST(LogLine, IsTheOneOfTheDocumentation) {
  EXPECT_EQ(FormatJsonLine(Prediction(), PayloadPolicy::kRedacted),
            R"({"timestamp":"2026-01-27T01:08:12.345Z","level":"info","type":"prediction",)"
            R"("request_id":"r-1","endpoint":"predict","model":"cancer","version":"1.0.0",)"
            R"("code":200,"duration_ms":1.234,"request":{"features":{"array":3,"of":"number"}},)"
            R"("response":{"prediction":1,"probability":[0.25,0.75]}})");

  LogEntry access = Entry(LogType::kAccess, LogLevel::kDebug);
  access.code = 200;
  access.duration = 5000;
  access.text(LogText::kExtra) = "GET";
  access.text(LogText::kEndpoint) = "/health";
  access.text(LogText::kMessage) = "192.0.2.1:49152";
  EXPECT_EQ(FormatJsonLine(access, PayloadPolicy::kRedacted),
            R"({"timestamp":"2026-01-27T01:08:12.345Z","level":"debug","type":"access",)"
            R"("method":"GET","path":"/health","client":"192.0.2.1:49152","code":200,)"
            R"("duration_ms":0.005})");

  LogEntry error = Entry(LogType::kError, LogLevel::kWarning);
  error.code = 400;
  error.text(LogText::kExtra) = "invalid_argument";
  error.text(LogText::kMessage) = "body: \"features\" ends early";
  error.text(LogText::kRequest) = "{\"features\": [1,";
  EXPECT_EQ(FormatJsonLine(error, PayloadPolicy::kRedacted),
            R"({"timestamp":"2026-01-27T01:08:12.345Z","level":"warning","type":"error",)"
            R"("code":400,"duration_ms":0.000,"error":"invalid_argument",)"
            R"("message":"body: \"features\" ends early","request_bytes":16})");
}

TEST(LogLine, KeepsOfARequestWhatThePolicySays) {
  const LogEntry entry = Prediction();
  EXPECT_EQ(Line(entry, PayloadPolicy::kFull)["request"], Json::parse(R"({"features":[1.5,2,3]})"));
  EXPECT_EQ(Line(entry, PayloadPolicy::kRedacted)["request"],
            Json::parse(R"({"features":{"array":3,"of":"number"}})"));
  LogEntry large = Prediction();
  large.text(LogText::kRequest) = {};
  large.omitted_request = 100'002;
  EXPECT_EQ(Line(large)["request_bytes"], 100'002);
}

TEST(LogLine, TellsAnAnswerThatIsNoJsonLineByItsSize) {
  for (const std::string_view response : {"\x08\x01 binary", "{\"a\":\n1}", "{\"a\":"}) {
    LogEntry entry = Prediction();
    entry.text(LogText::kResponse) = response;
    const Json line = Line(entry);
    EXPECT_EQ(line["response_bytes"], response.size());
    EXPECT_FALSE(line.contains("response"));
  }
}

TEST(LogLine, StaysOneJsonLineWhateverTheEntryHolds) {
  std::mt19937 random(20260127);
  for (const LogType type : {LogType::kPrediction, LogType::kError, LogType::kAccess}) {
    for (int round = 0; round < 300; ++round) {
      std::array<std::string, kLogTexts> texts;
      LogEntry entry = Entry(type);
      for (std::size_t i = 0; i < kLogTexts; ++i) {
        for (auto left = random() % 12; left > 0; --left) {
          constexpr std::string_view kOdd = "\"\\\n\r\0\x1B\xFF\xC3{}[]:,a1";
          texts[i] += kOdd[random() % kOdd.size()];
        }
        entry.texts[i] = texts[i];
      }
      Line(entry, round % 2 == 0 ? PayloadPolicy::kRedacted : PayloadPolicy::kFull);
    }
  }
}

TEST(LogLine, CarriesFieldsAsMembersAndAsWords) {
  const LogField fields[] = {{"model", "cancer"},
                             {"load_ms", 12},
                             {"warm", true},
                             {"ratio", 0.5},
                             {"bad", std::numeric_limits<double>::quiet_NaN()},
                             {"why", "two words"}};
  const std::string json = FieldsAsJson(fields);
  LogEntry entry = Entry(LogType::kServer);
  entry.text(LogText::kMessage) = "serving cancer@1.0.0";
  entry.text(LogText::kExtra) = json;
  EXPECT_EQ(Line(entry), Json::parse(R"({"timestamp":"2026-01-27T01:08:12.345Z","level":"info",
      "type":"server","message":"serving cancer@1.0.0","model":"cancer","load_ms":12,"warm":true,
      "ratio":0.5,"bad":null,"why":"two words"})"));
  EXPECT_EQ(FieldsAsWords({fields, 4}), " model=cancer load_ms=12 warm=true ratio=0.5");
  EXPECT_EQ(FieldsAsWords({fields + 5, 1}), " why=\"two words\"");
}

TEST(LogLine, IsReadableOnTheConsole) {
  LogEntry error = Entry(LogType::kError, LogLevel::kError);
  error.code = 500;
  error.text(LogText::kEndpoint) = "predict";
  error.text(LogText::kModel) = "cancer";
  error.text(LogText::kMessage) = "the model\nfailed\x1B[2J";
  error.text(LogText::kRequestId) = "r-1";
  EXPECT_EQ(FormatConsoleLine(error, Paint::kPlain),
            "2026-01-27T01:08:12.345Z ERROR   500 predict the model failed [2J model=cancer "
            "request_id=r-1");
  LogEntry server = Entry(LogType::kServer, LogLevel::kWarning);
  server.text(LogText::kMessage) = "watch out";
  server.text(LogText::kRequest) = " why=rain";
  EXPECT_EQ(FormatConsoleLine(server, Paint::kPlain),
            "2026-01-27T01:08:12.345Z WARNING watch out why=rain");
  EXPECT_EQ(FormatConsoleLine(server, Paint::kColours),
            "\x1B[2m2026-01-27T01:08:12.345Z\x1B[0m \x1B[33mWARNING\x1B[0m watch out why=rain");
}

}  // namespace
}  // namespace moorage::telemetry
