#include "foundation/json/foreign_word.h"

#include <array>

#include "foundation/base/ascii.h"

namespace moorage::json {
namespace {

struct ForeignWord {
  std::string_view word;
  const char* problem;
};

constexpr const char* kInfinityProblem =
    "Infinity is not JSON; send a finite number, or null for a missing value";
constexpr const char* kNanProblem = "NaN is not JSON; send null for a missing value";

// Words of Python, NumPy, R and JavaScript. A longer word stands before its beginning.
constexpr std::array kForeignWords = {
    ForeignWord{"NaN", kNanProblem},
    ForeignWord{"nan", kNanProblem},
    ForeignWord{"NAN", kNanProblem},
    ForeignWord{"NA", "NA is not JSON; send null for a missing value"},
    ForeignWord{"Infinity", kInfinityProblem},
    ForeignWord{"-Infinity", kInfinityProblem},
    ForeignWord{"inf", kInfinityProblem},
    ForeignWord{"-inf", kInfinityProblem},
    ForeignWord{"Inf", kInfinityProblem},
    ForeignWord{"-Inf", kInfinityProblem},
    ForeignWord{"None", "None is not JSON; send null"},
    ForeignWord{"NULL", "NULL is not JSON; send null"},
    ForeignWord{"Null", "Null is not JSON; send null"},
    ForeignWord{"undefined", "undefined is not JSON; send null"},
    ForeignWord{"True", "True is not JSON; send true"},
    ForeignWord{"TRUE", "TRUE is not JSON; send true"},
    ForeignWord{"False", "False is not JSON; send false"},
    ForeignWord{"FALSE", "FALSE is not JSON; send false"},
};

}  // namespace

const char* ForeignWordProblem(std::string_view text) {
  if (text.starts_with('\'')) return "single quotes are not JSON; put strings in double quotes";
  for (const ForeignWord& foreign : kForeignWords) {
    if (!text.starts_with(foreign.word)) continue;
    const std::string_view rest = text.substr(foreign.word.size());
    // The beginning of another word is not this one.
    if (rest.empty() || !(base::IsLetter(rest[0]) || base::IsDigit(rest[0]))) {
      return foreign.problem;
    }
  }
  return nullptr;
}

}  // namespace moorage::json
