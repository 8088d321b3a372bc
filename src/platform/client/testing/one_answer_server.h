#pragma once

// A real HTTP server for one request, for the tests of any room that has a client.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <future>
#include <string>
#include <utility>

namespace moorage::client {

// Answers one request with these bytes, and keeps what it was asked. Safe from one thread.
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

// A response as it is on the wire.
inline std::string Answer(const std::string& status, const std::string& body,
                          const std::string& headers = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

}  // namespace moorage::client
