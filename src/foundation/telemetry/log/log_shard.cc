#include "foundation/telemetry/log/log_shard.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace moorage::telemetry {
namespace {

std::uint16_t StatusOf(int code) {
  return static_cast<std::uint16_t>(
      std::clamp(code, 0, int{std::numeric_limits<std::uint16_t>::max()}));
}

std::int64_t Microseconds(base::Time time) { return time.time_since_epoch().count(); }

// What records of every type have.
template <typename Record>
LogEntry EntryOf(LogType type, const Record& record) {
  LogEntry entry;
  entry.type = type;
  entry.time = Microseconds(record.time);
  entry.duration = record.duration.count();
  entry.code = StatusOf(record.code);
  entry.text(LogText::kRequestId) = record.request_id;
  return entry;
}

// FNV-1a over words of eight bytes, and the finisher of MurmurHash3, because ids that differ in
// their last digit only must differ in every bit.
std::uint64_t HashOf(std::string_view text) {
  constexpr std::uint64_t kPrime = 0x100000001B3ULL;
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof(word));
    hash = (hash ^ word) * kPrime;
    // A product carries upwards only, so the upper half would not reach the lower one.
    hash ^= hash >> 32U;
  }
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  hash = (hash ^ (hash >> 33U)) * 0xFF51AFD7ED558CCDULL;
  hash = (hash ^ (hash >> 33U)) * 0xC4CEB9FE1A85EC53ULL;
  return hash ^ (hash >> 33U);
}

}  // namespace

LogShard::LogShard(const AsyncLogOptions& options, LogWaker& waker)
    : options_(options),
      waker_(waker),
      ring_(options.ring_bytes),
      predictions_(options.max_per_second),
      accesses_(options.max_accesses_per_second) {}

void LogShard::ShareAmong(std::size_t shards) {
  predictions_.Set(options_.max_per_second / static_cast<double>(shards));
  accesses_.Set(options_.max_accesses_per_second / static_cast<double>(shards));
}

bool LogShard::Sampled(std::string_view request_id) const {
  if (options_.sample >= 1) return true;
  constexpr unsigned kFraction = 53;  // the bits of a double
  return static_cast<double>(HashOf(request_id) >> (64U - kFraction)) <
         options_.sample * static_cast<double>(1ULL << kFraction);
}

bool LogShard::WithinRate(LogType type, RateLimit& limit, std::int64_t now) {
  if (limit.Take(now)) return true;
  rate_[static_cast<std::size_t>(type)].Add();
  return false;
}

void LogShard::KeepPayload(std::string_view request, std::size_t request_bytes,
                           std::string_view response, LogEntry& entry) const {
  if (options_.payload == PayloadPolicy::kNone) return;
  // Half of the largest record at most for both bodies, so the other texts fit beside them.
  const std::size_t limit = std::min(kMostLoggedBody, ring_.max_record() / 4);
  // The caller did not keep a larger one.
  const std::size_t bytes = std::max(request.size(), request_bytes);
  if (bytes <= limit) {
    entry.text(LogText::kRequest) = request;
  } else {
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
    entry.omitted_request = static_cast<std::uint32_t>(std::min(bytes, kMost));
  }
  if (response.size() <= limit) entry.text(LogText::kResponse) = response;
}

void LogShard::Put(const LogEntry& entry) {
  const std::span<std::byte> memory = ring_.Reserve(EncodedSize(entry));
  if (memory.empty()) {
    full_[static_cast<std::size_t>(entry.type)].Add();
    waker_.Wake();
    return;
  }
  Encode(entry, memory);
  ring_.Commit();
  // Otherwise the thread comes by itself within a tenth of a second, without a notification.
  if (ring_.half_full() || waker_.idle()) waker_.Wake();
}

template <typename Record>
LogEntry LogShard::InferenceEntry(LogType type, const Record& record) const {
  LogEntry entry = EntryOf(type, record);
  entry.text(LogText::kEndpoint) = record.endpoint;
  entry.text(LogText::kModel) = record.model;
  entry.text(LogText::kVersion) = record.version;
  KeepPayload(record.request, record.request_bytes, record.response, entry);
  return entry;
}

void LogShard::Prediction(const PredictionRecord& record) {
  if (!Enabled(LogLevel::kInfo) || !Sampled(record.request_id)) return;
  if (!WithinRate(LogType::kPrediction, predictions_, Microseconds(record.time))) return;
  Put(InferenceEntry(LogType::kPrediction, record));
}

void LogShard::Error(const ErrorRecord& record) {
  const LogLevel level = record.code >= 500 ? LogLevel::kError : LogLevel::kWarning;
  // Recorded without a file, too, because errors of the server also go to the console.
  if (level < options_.level) return;
  LogEntry entry = InferenceEntry(LogType::kError, record);
  entry.level = level;
  entry.text(LogText::kExtra) = record.error;
  entry.text(LogText::kMessage) = record.message;
  Put(entry);
}

void LogShard::Access(const AccessRecord& record) {
  if (!Enabled(record.level)) return;
  if (!WithinRate(LogType::kAccess, accesses_, Microseconds(record.time))) return;
  LogEntry entry = EntryOf(LogType::kAccess, record);
  entry.level = record.level;
  entry.text(LogText::kEndpoint) = record.path;
  entry.text(LogText::kExtra) = record.method;
  entry.text(LogText::kMessage) = record.client;
  Put(entry);
}

}  // namespace moorage::telemetry
