#pragma once

// An HTTP/1.1 client for tests.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace moorage::net {

// An answer as received. Names of headers are in lower case.
struct WireAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;

  bool closes() const {
    const auto found = headers.find("connection");
    return found != headers.end() && found->second == "close";
  }
};

// Takes the first complete answer off the front of `bytes`. Returns nothing if it is not complete.
// Interim answers (1xx) are answers of their own.
std::optional<WireAnswer> TakeAnswer(std::string& bytes, bool at_end = false);

// Returns "POST <path> HTTP/1.1" with Host, Content-Type and Content-Length.
std::string PostText(std::string_view path, std::string_view body);
std::string GetText(std::string_view path);

// Uses a blocking socket to 127.0.0.1. No call waits longer than 10 s.
class TestClient {
 public:
  // Has a socket and no peer yet.
  TestClient();
  explicit TestClient(std::uint16_t port) : TestClient() { Connect(port); }
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // Needs no further descriptor of this process.
  void Connect(std::uint16_t port);
  bool connected() const { return connected_; }
  // Returns false if the peer has closed.
  bool Send(std::string_view bytes);
  // Returns the next answer, or nothing if the connection ends before it is complete.
  std::optional<WireAnswer> Read();
  std::optional<WireAnswer> Ask(std::string_view request);
  // Returns true if the peer has sent FIN and no bytes are left.
  bool AtEnd();
  // Sends FIN and goes on reading.
  void ShutdownWrite();
  // Closes with RST.
  void Reset();
  void SetReceiveBuffer(int bytes);
  // Returns what was read and is not taken yet.
  const std::string& received() const { return received_; }
  // Reads once, whatever there is. Returns false at the end.
  bool Receive();

 private:
  int fd_ = -1;
  bool connected_ = false;
  std::string received_;
};

}  // namespace moorage::net
