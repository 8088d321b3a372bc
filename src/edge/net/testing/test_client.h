#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace moorage::net {

// One answer as it came over the wire. Names of headers are in lower case.
struct WireAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;

  bool closes() const {
    const auto found = headers.find("connection");
    return found != headers.end() && found->second == "close";
  }
};

// Takes the first complete answer off the front of `bytes`; nothing if it is not complete. Interim
// answers (1xx) are answers of their own.
std::optional<WireAnswer> TakeAnswer(std::string& bytes, bool at_end = false);

// "POST <path> HTTP/1.1" with Host, Content-Type and Content-Length.
std::string PostText(std::string_view path, std::string_view body);
std::string GetText(std::string_view path);

// A client over a blocking socket to 127.0.0.1. Nothing waits longer than 10 s.
class TestClient {
 public:
  explicit TestClient(std::uint16_t port);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  bool connected() const { return fd_ >= 0; }
  // False if the peer has gone.
  bool Send(std::string_view bytes);
  // The next answer; nothing if the connection ends before it is complete.
  std::optional<WireAnswer> Read();
  std::optional<WireAnswer> Ask(std::string_view request);
  // True if the peer has ended the connection properly: FIN and no bytes left.
  bool AtEnd();
  // Sends FIN, goes on reading.
  void ShutdownWrite();
  // Closes with RST.
  void Reset();
  void SetReceiveBuffer(int bytes);
  // What was read and is not taken yet.
  const std::string& received() const { return received_; }
  // Reads once, whatever there is; false at the end.
  bool Receive();

 private:
  int fd_ = -1;
  std::string received_;
};

}  // namespace moorage::net
