#pragma once

// The rotated log file. For one thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"

namespace moorage::telemetry {

// A file of lines that is closed and renamed once it is large (moorage.log -> moorage.1.log ->
// ...). For one thread.
//
// - Lines are collected and written together. A write happens whole, or is taken back. A line is
//   never the rest of another, even where the disk was full or a process ended in its middle.
// - After a failed write the file is opened again a second later.
// - A file that was moved or removed is made again, with its folder.
class LogFile {
 public:
  LogFile(std::string path, std::uint64_t max_size, std::size_t keep, const base::Clock& clock);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // Takes a line for the next Flush(). kUnavailable if the line is lost because the file cannot be
  // written.
  base::Status Write(std::string_view line);
  // Hands the lines to the kernel. If it fails, all lines since the last Flush() are lost.
  base::Status Flush();
  // Closes the file and opens what has its name now.
  base::Status Reopen();

  // The bytes that wait for Flush().
  std::size_t waiting() const { return buffer_.size(); }
  // Returns true once after the file was made again, because it had been moved or removed.
  bool TakeReplaced();

 private:
  base::Status Open();
  base::Status WriteBuffer();
  // The length of the file, or nothing if it is no regular file.
  std::optional<std::uint64_t> Length() const;
  void Rotate();
  void CheckPlace();
  void Close();
  base::Status Fail(int error);

  const std::string path_;
  const std::uint64_t max_size_;
  const std::size_t keep_;
  const base::Clock& clock_;
  int fd_ = -1;  // while the file cannot be written
  std::uint64_t size_ = 0;
  std::string buffer_;
  bool replaced_ = false;
  base::Instant checked_at_{};
  std::optional<base::Instant> retry_after_;
};

}  // namespace moorage::telemetry
