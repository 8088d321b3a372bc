#include "foundation/base/memory_budget.h"

#include <array>
#include <string>
#include <utility>

#include "foundation/base/units.h"

namespace moorage::base {
namespace {

constexpr std::array<std::string_view, kMemoryPurposes> kPurposeNames = {
    "input", "rows", "answers", "jobs", "models", "cache", "samples", "log"};

}  // namespace

std::string_view Name(MemoryPurpose purpose) {
  return kPurposeNames[static_cast<std::size_t>(purpose)];
}

Result<MemoryCharge> MemoryBudget::Take(std::size_t bytes, MemoryPurpose purpose) {
  MemoryCharge charge(*this, purpose);
  RETURN_IF_ERROR(charge.Resize(bytes));
  return charge;
}

std::size_t MemoryBudget::used(MemoryPurpose purpose) const {
  return Of(purpose).used.load(std::memory_order_relaxed);
}

std::uint64_t MemoryBudget::refused(MemoryPurpose purpose) const {
  return Of(purpose).refused.load(std::memory_order_relaxed);
}

bool MemoryBudget::Add(std::size_t bytes, std::size_t after, MemoryPurpose purpose) {
  const std::size_t limit = after > kSmallCharge ? most() : limit_;
  std::size_t used = used_.load(std::memory_order_relaxed);
  do {
    // A difference does not wrap, as a sum could. Small charges may have gone beyond most().
    if (used > limit || bytes > limit - used) {
      Of(purpose).refused.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  Of(purpose).used.fetch_add(bytes, std::memory_order_relaxed);
  return true;
}

void MemoryBudget::Subtract(std::size_t bytes, MemoryPurpose purpose) {
  used_.fetch_sub(bytes, std::memory_order_relaxed);
  Of(purpose).used.fetch_sub(bytes, std::memory_order_relaxed);
}

MemoryCharge& MemoryCharge::operator=(MemoryCharge&& other) noexcept {
  if (this == &other) return *this;
  Release();
  budget_ = other.budget_;
  purpose_ = other.purpose_;
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

Status MemoryCharge::Resize(std::size_t bytes) {
  if (budget_ != nullptr && bytes > bytes_ && !budget_->Add(bytes - bytes_, bytes, purpose_)) {
    return Error{Code::kExhausted, "the server has no memory left for this: it needs " +
                                       FormatBytes(bytes - bytes_) + ", and server.memory is " +
                                       FormatBytes(budget_->limit())};
  }
  if (budget_ != nullptr && bytes < bytes_) budget_->Subtract(bytes_ - bytes, purpose_);
  bytes_ = bytes;
  return {};
}

void MemoryCharge::Release() {
  if (budget_ != nullptr && bytes_ > 0) budget_->Subtract(bytes_, purpose_);
  bytes_ = 0;
}

}  // namespace moorage::base
