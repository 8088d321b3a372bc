#pragma once

// The rotated log file. For one thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/base/result.h"

namespace moorage::telemetry {

// A file of lines that is closed and renamed once it is large (moorage.log -> moorage.1.log ->
// ...). After a failed write the file is opened again a second later. For one thread.
class LogFile {
 public:
  LogFile(std::string path, std::uint64_t max_size, std::size_t keep, const base::Clock& clock);
  ~LogFile();

  // kUnavailable if the line is lost because the file cannot be written.
  base::Status Write(std::string_view line);
  // Hands what was written to the kernel.
  base::Status Flush();

 private:
  struct Sink;

  base::Status Fail(const char* what);

  const std::string path_;
  const std::uint64_t max_size_;
  const std::size_t keep_;
  const base::Clock& clock_;
  std::unique_ptr<Sink> sink_;  // null while the file cannot be written
  std::optional<base::Instant> retry_after_;
};

}  // namespace moorage::telemetry
