#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace moorage::base {

// A closed set: a new situation gets a better message, not a new code. Protocols map it in one
// table.
enum class Code {
  kInvalid,          // the caller's input is wrong
  kUnauthenticated,  // who are you?
  kDenied,           // you may not
  kNotFound,
  kConflict,     // the state moved on, or contradicts the request
  kExhausted,    // a bound or quota is reached; try later
  kCancelled,    // the caller went away
  kInternal,     // our fault
  kCorrupt,      // stored bytes are not what they were
  kUnsupported,  // understood, but this build or model cannot
  kUnavailable,  // not now (starting, draining, dependency down)
  kDeadline,     // too late
};

// The stable lower-case name, for instance "invalid_argument": what clients see in `code`.
std::string_view Name(Code code);

// One concrete problem inside an input: where and what.
struct Detail {
  std::string path;     // "features[3]", "line 12, column target"
  std::string problem;  // "not a number"

  bool operator==(const Detail&) const = default;
};

// An error lists the first problems of its input and stops looking.
inline constexpr std::size_t kMaxDetails = 16;

// Why something did not happen. `message` is one sentence for people: what failed, why, and where
// it helps, how to mend it. It never holds secrets or addresses of memory.
struct Error {
  Code code = Code::kInternal;
  std::string message;
  std::vector<Detail> details = {};
  // A finer name for programs, static text such as "unsupported_api_version"; where it is set
  // clients see it as `code` in place of Name(code).
  std::string_view reason = {};

  bool operator==(const Error&) const = default;
};

// What clients see as `code`: the reason if there is one, else the name of the code.
std::string_view ClientCode(const Error& error);

// The same error seen from one step further out: "push cancer: artifact is empty".
Error Annotate(std::string_view context, Error error);

}  // namespace moorage::base
