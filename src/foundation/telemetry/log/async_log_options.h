#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "foundation/telemetry/log/log.h"

namespace moorage::telemetry {

// What a logged prediction or error keeps of the bodies.
enum class PayloadPolicy : std::uint8_t {
  kNone,      // neither request nor answer
  kRedacted,  // the request's structure with every scalar replaced by its type, and the answer
  kFull,      // both
};

enum class ConsoleForm : std::uint8_t { kText, kJson, kNone };

struct AsyncLogOptions {
  LogLevel level = LogLevel::kInfo;      // the least severe that is written, to file and console
  std::string file;                      // empty for none
  std::uint64_t max_size = 64ULL << 20;  // bytes after which the file is closed and a new one begun
  std::size_t keep = 5;  // closed files that stay (moorage.1.log, moorage.2.log, ...)
  ConsoleForm console = ConsoleForm::kText;
  int console_fd = 2;
  double sample = 1;  // the share of predictions that is recorded, 0 to 1
  PayloadPolicy payload = PayloadPolicy::kRedacted;
  std::uint32_t max_per_second = 1000;           // predictions over all shards, 0 for no limit
  std::uint32_t max_accesses_per_second = 1000;  // the same for accesses
  std::size_t ring_bytes = 1U << 20;             // of each shard, a power of two
};

}  // namespace moorage::telemetry
