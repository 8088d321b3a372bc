#include "platform/client/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <future>
#include <string>

#include "foundation/model/server_questions.h"

namespace moorage::client {
namespace {

using base::Code;
using json::Json;

// A real HTTP server for one request: answers it with these bytes and keeps what it was asked.
class OneAnswerServer {
 public:
  explicit OneAnswerServer(std::string answer) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
    EXPECT_EQ(::bind(listener_, generic, size), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    EXPECT_EQ(::getsockname(listener_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
    request_ = std::async(std::launch::async,
                          [this, answer = std::move(answer)] { return Serve(answer); });
  }
  ~OneAnswerServer() {
    ::shutdown(listener_, SHUT_RDWR);
    ::close(listener_);
  }
  OneAnswerServer(const OneAnswerServer&) = delete;
  OneAnswerServer& operator=(const OneAnswerServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::string TakeRequest() { return request_.get(); }

 private:
  std::string Serve(const std::string& answer) const {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return {};
    std::string request;
    char buffer[4096];
    while (!IsWhole(request)) {
      const auto count = ::recv(connection, buffer, sizeof(buffer), 0);
      if (count <= 0) break;
      request.append(buffer, static_cast<std::size_t>(count));
    }
    (void)::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    ::shutdown(connection, SHUT_WR);
    // Until the client has read it all and closes: an early close would take the answer back.
    while (::recv(connection, buffer, sizeof(buffer), 0) > 0) continue;
    ::close(connection);
    return request;
  }

  static bool IsWhole(const std::string& request) {
    const std::size_t end = request.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::size_t length = request.find("Content-Length: ");
    if (length == std::string::npos || length > end) return true;
    return request.size() >= end + 4 + std::stoul(request.substr(length + 16));
  }

  const int listener_;
  std::uint16_t port_ = 0;
  std::future<std::string> request_;
};

std::string Answer(const std::string& status, const std::string& body,
                   const std::string& headers = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

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

}  // namespace
}  // namespace moorage::client
