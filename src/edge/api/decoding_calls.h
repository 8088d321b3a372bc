#pragma once

// Calls whose compressed body is being decompressed. The reactor's thread only.

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "edge/api/content_coding.h"
#include "edge/api/exchange.h"
#include "foundation/base/clock.h"
#include "foundation/base/memory_budget.h"

namespace moorage::api {

// Decompresses bodies in slices of 128 KiB, one slice a tick, so that a large one does not hold up
// other clients. A decompressed body is bounded by the operation's own bound and charged to the
// memory budget before it grows.
class DecodingCalls {
 public:
  // Goes on with a call. The views of its request are valid until this returns.
  using Resume = std::function<void(ExchangeRef exchange)>;

  // `memory` may be null.
  DecodingCalls(const base::Clock& clock, base::MemoryBudget* memory, Resume resume);
  // Calls that are not decompressed yet are released without an answer.
  ~DecodingCalls();
  DecodingCalls(const DecodingCalls&) = delete;
  DecodingCalls& operator=(const DecodingCalls&) = delete;

  // Decompresses the first slice, which is all of most bodies. `most` bounds the decompressed body.
  void Add(ExchangeRef exchange, ContentCoding coding, std::size_t most);
  // Decompresses the next slice of the oldest call. Call it once a tick while busy().
  void Work();
  bool busy() const { return !calls_.empty(); }

 private:
  struct Call;

  // Returns true once the call is over.
  bool Step(Call& call);

  const base::Clock& clock_;
  base::MemoryBudget* const memory_;
  const Resume resume_;
  std::vector<std::unique_ptr<Call>> calls_;  // oldest first
};

}  // namespace moorage::api
