#pragma once

#include <cstddef>

#include "foundation/base/memory_budget.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::api {

// The memory of a large body, which a codec may send from instead of copying it.
//
//   AnswerMemory memory;
//   memory.bytes.LeaveFront(AnswerMemory::kFront);
//   memory.bytes.Append(body);
//   exchange->Send({.body = memory.bytes.view(), .memory = &memory});
struct AnswerMemory {
  // Room for the head that a codec puts before the body.
  static constexpr std::size_t kFront = 4U << 10U;

  json::ByteBuffer bytes;
  base::MemoryCharge charge;  // for the capacity of `bytes`
};

}  // namespace moorage::api
