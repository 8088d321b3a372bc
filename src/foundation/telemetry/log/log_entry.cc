#include "foundation/telemetry/log/log_entry.h"

#include <cstring>

namespace moorage::telemetry {
namespace {

struct EntryHeader {
  std::int64_t time;
  std::int64_t duration;
  std::array<std::uint32_t, kLogTexts> sizes;
  std::uint32_t omitted_request;
  std::uint16_t code;
  LogType type;
  LogLevel level;
};

}  // namespace

std::size_t EncodedSize(const LogEntry& entry) {
  std::size_t size = sizeof(EntryHeader);
  for (const std::string_view text : entry.texts) size += text.size();
  return size;
}

void Encode(const LogEntry& entry, std::span<std::byte> to) {
  EntryHeader header{.time = entry.time,
                     .duration = entry.duration,
                     .sizes = {},
                     .omitted_request = entry.omitted_request,
                     .code = entry.code,
                     .type = entry.type,
                     .level = entry.level};
  std::size_t at = sizeof header;
  for (std::size_t i = 0; i < kLogTexts; ++i) {
    const std::string_view text = entry.texts[i];
    header.sizes[i] = static_cast<std::uint32_t>(text.size());
    if (!text.empty()) std::memcpy(&to[at], text.data(), text.size());
    at += text.size();
  }
  // In the layout of this machine, because a record never leaves the process.
  std::memcpy(to.data(), &header, sizeof header);
}

LogEntry Decode(std::span<const std::byte> from) {
  EntryHeader header;
  std::memcpy(&header, from.data(), sizeof header);
  LogEntry entry{.type = header.type,
                 .level = header.level,
                 .code = header.code,
                 .time = header.time,
                 .duration = header.duration,
                 .omitted_request = header.omitted_request,
                 .texts = {}};
  std::size_t at = sizeof header;
  for (std::size_t i = 0; i < kLogTexts; ++i) {
    const void* text = from.data() + at;
    entry.texts[i] = {static_cast<const char*>(text), header.sizes[i]};
    at += header.sizes[i];
  }
  return entry;
}

}  // namespace moorage::telemetry
