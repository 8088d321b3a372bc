#include "platform/runtime/onnx/charged_run.h"

#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

namespace moorage::runtime {
namespace {

// What the vector units of the library want.
constexpr std::size_t kAlignment = 64;

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): of its thread alone
thread_local ChargedRun* current_run = nullptr;

}  // namespace

// The allocator of the library. Each tensor has its charge in front of it, so that any thread can
// free it.
struct TensorMemory {
  static base::MemoryCharge Charge(std::size_t bytes) {
    ChargedRun* const run = current_run;
    if (run == nullptr || run->memory_ == nullptr) return {};
    base::MemoryCharge charge(*run->memory_, base::MemoryPurpose::kModels);
    if (charge.Resize(bytes).ok()) return charge;
    run->refused_ = bytes;
    // What the library's own allocator throws. It ends the run with an error.
    throw std::bad_alloc();
  }

  static void* ORT_API_CALL Allocate(OrtAllocator* /*self*/, std::size_t bytes) {
    if (bytes < kLeastChargedTensor) return Take(bytes, {});
    if (bytes > SIZE_MAX - 2 * kAlignment) throw std::bad_alloc();
    return Take(bytes, Charge(bytes));
  }

  static void* Take(std::size_t bytes, base::MemoryCharge charge) {
    const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    void* const memory = std::aligned_alloc(kAlignment, rounded + kAlignment);
    if (memory == nullptr) throw std::bad_alloc();
    new (memory) base::MemoryCharge(std::move(charge));
    return static_cast<std::byte*>(memory) + kAlignment;
  }

  static void ORT_API_CALL Free(OrtAllocator* /*self*/, void* tensor) {
    if (tensor == nullptr) return;
    void* const memory = static_cast<std::byte*>(tensor) - kAlignment;
    // A charge of nothing has nothing to destroy, and most tensors have that one.
    auto* const charge = static_cast<base::MemoryCharge*>(memory);
    if (charge->bytes() > 0) charge->~MemoryCharge();
    std::free(memory);
  }

  static const OrtMemoryInfo* ORT_API_CALL Info(const OrtAllocator* /*self*/) {
    static const Ort::MemoryInfo info =
        Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
    return info;
  }
};

static_assert(sizeof(base::MemoryCharge) <= kAlignment);

void ChargeTensors(const Ort::Env& env) {
  static OrtAllocator allocator{.version = ORT_API_VERSION,
                                .Alloc = TensorMemory::Allocate,
                                .Free = TensorMemory::Free,
                                .Info = TensorMemory::Info,
                                .Reserve = TensorMemory::Allocate};
  // The library has one environment in a process, and refuses a second allocator for it. The one
  // that is there is this one.
  const Ort::Status status(Ort::GetApi().RegisterAllocator(
      const_cast<OrtEnv*>(static_cast<const OrtEnv*>(env)),  // NOLINT(*-const-cast)
      &allocator));
}

ChargedRun::ChargedRun(base::MemoryBudget* memory)
    : memory_(memory), outer_(std::exchange(current_run, this)) {}

ChargedRun::~ChargedRun() { current_run = outer_; }

}  // namespace moorage::runtime
