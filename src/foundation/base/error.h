#pragma once

// Errors as values. Every room returns them, mostly through result.h.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/remedy.h"

namespace moorage::base {

// What kind of failure an error is. The set is closed, so a new situation gets a better message,
// not a new code. Protocols map it in one table.
enum class Code {
  kInvalid,          // the caller's input is wrong
  kUnauthenticated,  // the caller is not known
  kDenied,           // the caller may not do this
  kNotFound,
  kConflict,     // the state moved on, or contradicts the request
  kExhausted,    // a bound or quota is reached for now
  kStorageFull,  // a disk of this machine has no room
  kCancelled,    // the caller went away
  kInternal,     // a fault of this program
  kCorrupt,      // stored bytes are not what they were
  kUnsupported,  // understood, but this build or model cannot
  kUnavailable,  // not now (starting, draining, dependency down)
  kDeadline,     // too late
};

// The stable lower-case name that clients see in `code`, for instance "invalid_argument".
std::string_view Name(Code code);

// One concrete problem inside an input.
struct Detail {
  std::string path;     // "features[3]", "line 12, column target"
  std::string problem;  // "not a number"

  bool operator==(const Detail&) const = default;
};

// An error lists the first problems of its input and stops looking.
inline constexpr std::size_t kMaxDetails = 16;

// The reason of an error (Error::reason) about a database whose file was removed, replaced or lies
// on another device than when it was opened.
inline constexpr std::string_view kReplacedReason = "registry_replaced";

// Why something failed. A plain value. `message` is one sentence for people that states what failed
// and why. It never holds secrets or memory addresses.
struct Error {
  Code code = Code::kInternal;
  std::string message;
  std::vector<Detail> details = {};
  // A finer name for programs, as static text ("unsupported_api_version"). Clients see it as `code`
  // in place of Name(code).
  std::string_view reason = {};
  // What the caller can change, where that is one known thing.
  std::optional<Remedy> remedy = {};

  bool operator==(const Error&) const = default;
};

// What clients see as `code`. The reason if there is one, else the name of the code.
std::string_view ClientCode(const Error& error);

// The same error with the context of a caller in front ("push cancer: artifact is empty").
Error Annotate(std::string_view context, Error error);

}  // namespace moorage::base
