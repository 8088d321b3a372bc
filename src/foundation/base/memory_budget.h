#pragma once

// One bound in bytes for what the clients of a process make it hold. Memory is charged before it is
// taken, and the charge is returned when the memory is. Any thread may use a budget, and one thread
// at a time a charge.
//
//   MemoryBudget budget(64U << 20U);
//   ASSIGN_OR_RETURN(MemoryCharge charge, budget.Take(body.size(), MemoryPurpose::kInput));
//   RETURN_IF_ERROR(charge.Resize(2 * body.size()));  // before the buffer grows
//
// Charges above 1 MiB leave an eighth of the budget to smaller ones. So a few large requests cannot
// take the memory that every usual request needs.
//
// A charge follows the capacity of a buffer, not its contents. A buffer that is used again touches
// no shared cache line.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "foundation/base/result.h"

namespace moorage::base {

// What memory is held for. Each has a gauge.
enum class MemoryPurpose : std::uint8_t {
  kInput,    // bytes received that no handler has taken
  kRows,     // decoded inputs
  kAnswers,  // joined outputs, and text that is not sent
  kJobs,     // bodies and results of management calls
  kModels,   // tensors that runs hold
  kCache,
  kSamples,
  kLog,
};
inline constexpr std::size_t kMemoryPurposes = 8;

// The stable name of a purpose, for instance "input". Metrics show it.
std::string_view Name(MemoryPurpose purpose);

class MemoryCharge;

class MemoryBudget {
 public:
  static constexpr std::size_t kSmallCharge = std::size_t{1} << 20U;

  explicit MemoryBudget(std::size_t limit) : limit_(limit) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  // Returns kExhausted if less than `bytes` are left. The budget must outlive the charge.
  Result<MemoryCharge> Take(std::size_t bytes, MemoryPurpose purpose);

  std::size_t limit() const { return limit_; }
  // The most that all charges above kSmallCharge may hold.
  std::size_t most() const { return limit_ - limit_ / 8; }
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  std::size_t used(MemoryPurpose purpose) const;
  // The number of refusals since the start.
  std::uint64_t refused(MemoryPurpose purpose) const;

 private:
  friend class MemoryCharge;
  struct Account {
    std::atomic<std::size_t> used{0};
    std::atomic<std::uint64_t> refused{0};
  };

  // `after` is the whole charge with `bytes`.
  bool Add(std::size_t bytes, std::size_t after, MemoryPurpose purpose);
  void Subtract(std::size_t bytes, MemoryPurpose purpose);
  Account& Of(MemoryPurpose purpose) { return accounts_[static_cast<std::size_t>(purpose)]; }
  const Account& Of(MemoryPurpose purpose) const {
    return accounts_[static_cast<std::size_t>(purpose)];
  }

  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
  std::array<Account, kMemoryPurposes> accounts_;
};

// Bytes taken from a budget until it is destroyed. Move-only.
class MemoryCharge {
 public:
  // Belongs to no budget, so every size is granted.
  MemoryCharge() = default;
  // Zero bytes of `budget`.
  MemoryCharge(MemoryBudget& budget, MemoryPurpose purpose) : budget_(&budget), purpose_(purpose) {}
  MemoryCharge(MemoryCharge&& other) noexcept
      : budget_(other.budget_), purpose_(other.purpose_), bytes_(std::exchange(other.bytes_, 0)) {}
  MemoryCharge& operator=(MemoryCharge&& other) noexcept;
  ~MemoryCharge() {
    if (bytes_ > 0) Release();
  }

  std::size_t bytes() const { return bytes_; }

  // Makes the charge `bytes` in all. Returns kExhausted, and changes nothing, if it would grow by
  // more than is left. It may always shrink.
  Status Resize(std::size_t bytes);
  // Returns everything.
  void Release();

 private:
  MemoryBudget* budget_ = nullptr;
  MemoryPurpose purpose_ = MemoryPurpose::kInput;
  std::size_t bytes_ = 0;
};

}  // namespace moorage::base
