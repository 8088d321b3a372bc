#pragma once

// The body of a request, taken out of its exchange.

#include <memory>
#include <string_view>
#include <utility>

#include "foundation/base/memory_budget.h"

namespace moorage::api {

// Keeps the text of a body. Move-only. It may travel to another thread, and is destroyed anywhere.
class OwnedBody {
 public:
  OwnedBody() = default;
  // `memory` holds `text`, and `charge` is for that memory.
  OwnedBody(std::shared_ptr<const void> memory, std::string_view text, base::MemoryCharge charge)
      : charge_(std::move(charge)), memory_(std::move(memory)), text_(text) {}

  std::string_view text() const { return text_; }
  // Returns the memory and its charge.
  void Release() { *this = OwnedBody(); }

 private:
  base::MemoryCharge charge_;
  std::shared_ptr<const void> memory_;
  std::string_view text_;
};

}  // namespace moorage::api
