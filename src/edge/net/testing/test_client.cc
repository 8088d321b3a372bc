#include "edge/net/testing/test_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "foundation/base/ascii.h"

namespace moorage::net {
namespace {

// The decoded body and what lies behind it, or nothing.
std::optional<std::pair<std::string, std::size_t>> Unchunk(std::string_view bytes) {
  std::string body;
  std::size_t at = 0;
  while (true) {
    const std::size_t line = bytes.find("\r\n", at);
    if (line == std::string_view::npos) return std::nullopt;
    std::size_t size = 0;
    std::from_chars(bytes.data() + at, bytes.data() + line, size, 16);
    at = line + 2;
    if (bytes.size() < at + size + 2) return std::nullopt;
    body += bytes.substr(at, size);
    at += size + 2;
    if (size == 0) return std::pair{body, at};
  }
}

}  // namespace

std::optional<WireAnswer> TakeAnswer(std::string& bytes, bool at_end) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  WireAnswer answer;
  const std::string_view head = std::string_view(bytes).substr(0, end + 2);
  if (head.size() < 12) return std::nullopt;
  std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const std::size_t line = head.find("\r\n", at);
    const std::string_view field = head.substr(at, line - at);
    const std::size_t colon = field.find(": ");
    if (colon != std::string_view::npos) {
      answer.headers[base::ToLower(field.substr(0, colon))] = std::string(field.substr(colon + 2));
    }
    at = line + 2;
  }
  std::size_t total = end + 4;
  const std::string_view rest = std::string_view(bytes).substr(total);
  if (const auto length = answer.headers.find("content-length"); length != answer.headers.end()) {
    const std::size_t size = std::stoul(length->second);
    if (rest.size() < size) return std::nullopt;
    answer.body = rest.substr(0, size);
    total += size;
  } else if (answer.headers.contains("transfer-encoding")) {
    auto whole = Unchunk(rest);
    if (!whole.has_value()) return std::nullopt;
    answer.body = std::move(whole->first);
    total += whole->second;
  } else if (answer.status >= 200 && answer.status != 204 && answer.status != 304) {
    if (!at_end) return std::nullopt;
    answer.body = rest;
    total = bytes.size();
  }
  bytes.erase(0, total);
  return answer;
}

std::string PostText(std::string_view path, std::string_view body) {
  std::string text = "POST " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n";
  text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size());
  return text + "\r\n\r\n" + std::string(body);
}

std::string GetText(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

TestClient::TestClient() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) return;
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

void TestClient::Connect(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

TestClient::~TestClient() {
  if (fd_ >= 0) ::close(fd_);
}

bool TestClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool TestClient::Receive() {
  char room[65536];
  const ssize_t got = ::recv(fd_, room, sizeof(room), 0);
  if (got <= 0) return false;
  received_.append(room, static_cast<std::size_t>(got));
  return true;
}

std::optional<WireAnswer> TestClient::Read() {
  while (true) {
    if (auto answer = TakeAnswer(received_)) return answer;
    if (!Receive()) return TakeAnswer(received_, true);
  }
}

std::optional<WireAnswer> TestClient::Ask(std::string_view request) {
  if (!Send(request)) return std::nullopt;
  return Read();
}

bool TestClient::AtEnd() {
  char byte = 0;
  return received_.empty() && ::recv(fd_, &byte, 1, 0) == 0;
}

void TestClient::ShutdownWrite() { ::shutdown(fd_, SHUT_WR); }

void TestClient::Reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  ::close(std::exchange(fd_, -1));
}

void TestClient::SetReceiveBuffer(int bytes) {
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

}  // namespace moorage::net
