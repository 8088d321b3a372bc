#include "platform/client/http_client.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "foundation/model/server_questions.h"
#include "platform/client/testing/one_answer_server.h"

namespace moorage::client {
namespace {

using base::Code;
using json::Json;

std::unique_ptr<HttpClient> Connect(const std::string& url, std::uint64_t max_answer = 1 << 20) {
  HttpClient::Options options;
  options.server = url;
  options.token = "secret";
  options.timeout = std::chrono::seconds(20);
  options.max_answer = max_answer;
  auto client = HttpClient::Make(std::move(options));
  EXPECT_TRUE(client.ok()) << client.error().message;
  return *std::move(client);
}

constexpr model::OperationRow kMoveAlias{.name = "move",
                                         .verb = model::Verb::kPut,
                                         .path = "/api/v1/models/{name}/aliases/{alias}",
                                         .summary = ""};
constexpr model::OperationRow kSendFiles{.name = "send",
                                         .verb = model::Verb::kPost,
                                         .path = "/api/v1/models/{name}/versions",
                                         .summary = ""};
constexpr model::OperationRow kRoot{.name = "root", .path = "/", .summary = ""};

TEST(HttpClient, SendsJsonAndBringsTheAnswerBack) {
  OneAnswerServer server(Answer("201 Created", R"({"version": "1.0.0"})"));
  model::ApiCall call = model::MakeCall(kMoveAlias, {{"name", "a b"}, {"alias", "production"}});
  call.query["reason"] = "50% & more";
  call.body = {{"version", "1.0.0"}};
  const auto reply = Connect(server.url() + "/")->Call(call);
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(reply->status, 201);
  EXPECT_EQ(reply->body, Json::parse(R"({"version": "1.0.0"})"));
  const std::string request = server.TakeRequest();
  EXPECT_TRUE(
      request.starts_with("PUT /api/v1/models/a%20b/aliases/production"
                          "?reason=50%25%20%26%20more HTTP/1.1\r\n"))
      << request;
  EXPECT_NE(request.find("Authorization: Bearer secret\r\n"), std::string::npos) << request;
  EXPECT_NE(request.find("Content-Type: application/json\r\n"), std::string::npos) << request;
  EXPECT_TRUE(request.ends_with(R"({"version":"1.0.0"})")) << request;
}

TEST(HttpClient, KeepsAParameterInsideItsSegment) {
  OneAnswerServer server(Answer("200 OK", "{}"));
  const auto call = model::MakeCall(kSendFiles, {{"name", "a/b@1:x?"}});
  ASSERT_TRUE(Connect(server.url())->Call(call).ok());
  EXPECT_TRUE(
      server.TakeRequest().starts_with("POST /api/v1/models/a%2Fb@1:x%3F/versions HTTP/1.1\r\n"));
}

TEST(HttpClient, SendsNoCallWhoseParametersDoNotFillThePath) {
  EXPECT_EQ(Connect("http://127.0.0.1:1")->Call(model::MakeCall(kSendFiles)).error().code,
            Code::kInvalid);
}

TEST(HttpClient, SendsFilesAsParts) {
  OneAnswerServer server(Answer("200 OK", "{}"));
  model::ApiCall call = model::MakeCall(kSendFiles, {{"name", "a"}});
  const std::string bytes("\0\r\n--binary", 11);
  call.parts.push_back({"model", "model.onnx", bytes});
  call.parts.push_back({"notes", "", "text"});
  ASSERT_TRUE(Connect(server.url())->Call(call).ok());
  const std::string request = server.TakeRequest();
  EXPECT_NE(request.find(R"(name="model"; filename="model.onnx")"), std::string::npos) << request;
  EXPECT_NE(request.find(bytes), std::string::npos);
  EXPECT_NE(request.find("multipart/form-data; boundary="), std::string::npos);
}

TEST(HttpClient, GivesTheServersErrorsAsTheirOwn) {
  OneAnswerServer server(
      Answer("403 Forbidden", R"({"error": "no PASS", "code": "permission_denied",
                                 "request_id": "1", "details": []})"));
  const auto reply = Connect(server.url())->Call(model::MakeCall(kRoot));
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, Code::kDenied);
  EXPECT_EQ(reply.error().message, "no PASS");
}

TEST(HttpClient, SaysWhoCannotBeReachedAndWhatToDo) {
  const auto reply = Connect("http://127.0.0.1:1")->Call(model::MakeCall(kRoot));
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, Code::kUnavailable);
  EXPECT_NE(reply.error().message.find("http://127.0.0.1:1"), std::string::npos);
  EXPECT_NE(reply.error().message.find("moorage serve"), std::string::npos);
}

TEST(HttpClient, RefusesAnswersThatAreNotJson) {
  OneAnswerServer server(Answer("200 OK", "<html>hello</html>"));
  const auto reply = Connect(server.url())->Call(model::MakeCall(kRoot));
  ASSERT_FALSE(reply.ok());
  EXPECT_NE(reply.error().message.find("not JSON"), std::string::npos);
}

TEST(HttpClient, FollowsNoRedirect) {
  OneAnswerServer server(Answer("302 Found", "", "Location: http://127.0.0.1:1/\r\n"));
  const auto reply = Connect(server.url())->Call(model::MakeCall(kRoot));
  ASSERT_FALSE(reply.ok());
  EXPECT_NE(reply.error().message.find("redirect"), std::string::npos);
}

TEST(HttpClient, BoundsTheAnswer) {
  OneAnswerServer server(Answer("200 OK", std::string(4096, ' ') + "{}"));
  const auto reply = Connect(server.url(), 1024)->Call(model::MakeCall(kRoot));
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, Code::kExhausted);
}

TEST(HttpClient, GetGivesAnyStatus) {
  OneAnswerServer server(Answer("503 Service Unavailable", R"({"ready": false})"));
  const auto answer = Connect(server.url())->Get(model::kReadyQuestion);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, R"({"ready": false})");
}

TEST(HttpClient, RefusesAddressesThatAreNoServer) {
  for (const char* server : {"", "127.0.0.1:8000", "ftp://host", "http://", "http://host/path"}) {
    HttpClient::Options options;
    options.server = server;
    EXPECT_FALSE(HttpClient::Make(std::move(options)).ok()) << server;
  }
}

TEST(HttpClient, AsksThisMachineWithoutAProxy) {
  for (const char* name : {"http_proxy", "all_proxy"}) {
    ASSERT_EQ(::setenv(name, "http://127.0.0.1:9", 1), 0);
  }
  OneAnswerServer server(Answer("200 OK", "{}"));
  const auto reply = Connect(server.url())->Call(model::MakeCall(kRoot));
  for (const char* name : {"http_proxy", "all_proxy"}) ::unsetenv(name);
  EXPECT_TRUE(reply.ok()) << reply.error().message;
}

}  // namespace
}  // namespace moorage::client
