#pragma once

// How a mistake in an infer request is named.

#include <cstdint>
#include <string>
#include <utility>

#include "foundation/base/result.h"

namespace moorage::inference {

// kInvalid with one detail, as in "inputs[0].shape: must be an array".
inline base::Error InvalidAt(std::string path, std::string problem) {
  return base::Error{base::Code::kInvalid, path + ": " + problem, {{path, problem}}};
}

// The known members of one object that have come. A second member of one name is refused, because
// which of the two counts would be a guess.
class OnceEach {
 public:
  // `member` is below 32.
  base::Status Take(unsigned member, std::string_view path) {
    const std::uint32_t bit = std::uint32_t{1} << member;
    if ((std::exchange(seen_, seen_ | bit) & bit) == 0) return {};
    return InvalidAt(std::string(path), "given twice");
  }

 private:
  std::uint32_t seen_ = 0;
};

}  // namespace moorage::inference
