#include "edge/inference/oip/oip_parameters.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "edge/inference/oip/oip_problem.h"
#include "foundation/base/ascii.h"

namespace moorage::inference {

namespace {

using base::Result;
using base::Status;
using Type = json::JsonCursor::Type;

// What is done with a parameter that this server knows.
enum class Treatment : std::uint8_t {
  kTimeout,
  kPriority,
  kTensorsAsJson,  // refused
  kJsonAnswer,     // must be false
  kStateless,      // refused unless it has the value that means none
  kUnsupported,    // refused
};

struct KnownParameter {
  std::string_view name;
  Treatment treatment;
};

constexpr std::array<KnownParameter, 10> kKnown = {
    {{"timeout", Treatment::kTimeout},
     {"priority", Treatment::kPriority},
     {"binary_data_size", Treatment::kTensorsAsJson},
     {"shared_memory_region", Treatment::kTensorsAsJson},
     {"binary_data", Treatment::kJsonAnswer},
     {"binary_data_output", Treatment::kJsonAnswer},
     {"classification", Treatment::kUnsupported},
     {"sequence_id", Treatment::kStateless},
     {"sequence_start", Treatment::kStateless},
     {"sequence_end", Treatment::kStateless}}};

// A number of at least 0, or nothing for every other value.
std::optional<std::uint64_t> ReadCount(json::JsonCursor& json) {
  if (json.Peek() != Type::kNumber) return std::nullopt;
  const json::JsonNumber number = json.ReadNumber();
  if (number.kind == json::JsonNumber::Kind::kUnsigned) return number.unsigned_integer;
  if (number.kind != json::JsonNumber::Kind::kInteger || number.integer < 0) return std::nullopt;
  return static_cast<std::uint64_t>(number.integer);
}

Result<std::optional<base::Duration>> ReadTimeout(json::JsonCursor& json, const std::string& path) {
  // Longer than any request lives, and far from where an instant would overflow.
  constexpr std::chrono::microseconds kLongest = std::chrono::hours(24 * 365);
  const auto count = ReadCount(json);
  if (!count) return InvalidAt(path, "must be a whole number of microseconds, at least 0");
  if (*count == 0 || *count > static_cast<std::uint64_t>(kLongest.count())) return std::nullopt;
  return std::chrono::microseconds(*count);
}

// 0, false and "" are how clients write that a request belongs to no sequence.
bool MeansNone(json::JsonCursor& json) {
  switch (json.Peek()) {
    case Type::kNumber:
      return ReadCount(json).value_or(1) == 0;
    case Type::kBoolean:
      return !json.ReadBoolean();
    case Type::kString: {
      std::string_view text;
      return json.ReadString(text) && text.empty();
    }
    default:
      return false;
  }
}

Status Refuse(json::JsonCursor& json, Treatment treatment, const std::string& path) {
  switch (treatment) {
    case Treatment::kTensorsAsJson:
      return InvalidAt(path, "this server takes tensors as JSON: send \"data\"");
    case Treatment::kUnsupported:
      return InvalidAt(path, "not supported");
    case Treatment::kStateless:
      if (MeansNone(json)) return {};
      return InvalidAt(path, "not supported: this server keeps no state between requests");
    case Treatment::kPriority:
      if (ReadCount(json) == std::uint64_t{0}) return {};
      return InvalidAt(path,
                       "not supported: this server has no priorities; send 0 or leave it out");
    case Treatment::kJsonAnswer:
      if (json.Peek() != Type::kBoolean) return InvalidAt(path, "must be a boolean");
      if (!json.ReadBoolean()) return {};
      return InvalidAt(path, "this server answers tensors as JSON: send false");
    case Treatment::kTimeout:
      break;
  }
  return {};
}

}  // namespace

Result<OipParameters> ReadOipParameters(json::JsonCursor& json, std::string_view path,
                                        ParametersOf owner) {
  OipParameters parameters;
  if (json.Peek() == Type::kNull) {
    json.ReadNull();
    return parameters;
  }
  if (json.Peek() != Type::kObject) return InvalidAt(std::string(path), "must be an object");
  OnceEach seen;
  std::string_view name;
  json.BeginObject();
  while (json.NextMember(name)) {
    if (name.starts_with("triton_")) {
      return InvalidAt(std::string(path) + "." + base::Excerpt(name), "a reserved name");
    }
    const auto* const known = std::ranges::find(kKnown, name, &KnownParameter::name);
    // The name is a view that the next string ends, so it is used before the value is read.
    if (known == kKnown.end()) {
      json.Skip();
      continue;
    }
    const std::string where = std::string(path) + "." + std::string(name);
    RETURN_IF_ERROR(seen.Take(static_cast<unsigned>(known - kKnown.begin()), where));
    const bool scheduling =
        known->treatment == Treatment::kTimeout || known->treatment == Treatment::kPriority;
    if (json.Peek() == Type::kNull) {
      json.ReadNull();
    } else if (scheduling && owner == ParametersOf::kTensor) {
      // Beside a tensor it is no parameter of the schedule policy.
      return InvalidAt(where, "belongs to the parameters of the request");
    } else if (known->treatment == Treatment::kTimeout) {
      ASSIGN_OR_RETURN(parameters.timeout, ReadTimeout(json, where));
    } else {
      RETURN_IF_ERROR(Refuse(json, known->treatment, where));
    }
  }
  return parameters;
}

std::optional<base::Duration> TimeoutAhead(std::string_view body) {
  constexpr std::size_t kAhead = std::size_t{64} << 10U;
  json::JsonCursor json(body.substr(0, kAhead));
  std::string_view name;
  if (!json.BeginObject()) return std::nullopt;
  while (json.NextMember(name) && name != "inputs") {
    if (name != "parameters") {
      json.Skip();
      continue;
    }
    const auto parameters = ReadOipParameters(json, "parameters", ParametersOf::kRequest);
    if (!parameters.ok() || json.failed()) return std::nullopt;
    return parameters->timeout;
  }
  return std::nullopt;
}

}  // namespace moorage::inference
