#pragma once

// What a codec does with the body of a request whose head is complete. Pure values.

#include <cstddef>
#include <cstdint>
#include <optional>

namespace moorage::api {

// The size that a head declares. Nothing where the body comes in pieces and ends by itself.
using DeclaredBody = std::optional<std::uint64_t>;

// The verdict of Dispatcher::Head().
struct BodyPlan {
  enum class Kind : std::uint8_t {
    kRead,      // the codec reads at most `most` bytes, then calls Dispatch()
    kLater,     // the authenticator decides in a later tick. Exchange::AwaitBody() follows
    kAnswered,  // no handler wants the body. The call is answered
  };

  Kind kind = Kind::kAnswered;
  std::size_t most = 0;
};

}  // namespace moorage::api
