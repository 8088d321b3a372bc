#pragma once

// A std::function without heap memory, for the hot path.

#include <concepts>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace moorage::base {

template <typename Signature, std::size_t kCapacity = 64>
class InlineFunction;

// A callable that lives inside the object, without heap memory. Move-only, so that a completion may
// own a buffer or a lease. A callable that does not fit, or whose move may throw, does not compile.
//
//   InlineFunction<void(int)> done = [reply = std::move(reply)](int status) { ... };
//   done(200);
//
// A moved-from or default-constructed one is empty. Calling an empty one aborts.
template <typename R, typename... Args, std::size_t kCapacity>
class InlineFunction<R(Args...), kCapacity> {
 public:
  InlineFunction() = default;
  InlineFunction(std::nullptr_t) {}  // NOLINT(google-explicit-constructor)

  template <typename F>
    requires(!std::same_as<std::remove_cvref_t<F>, InlineFunction> &&
             std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
  InlineFunction(F&& callable) {  // NOLINT(google-explicit-constructor)
    using Held = std::decay_t<F>;
    static_assert(sizeof(Held) <= kCapacity, "the captures do not fit: capture less, or a pointer");
    static_assert(alignof(Held) <= alignof(std::max_align_t), "over-aligned captures do not fit");
    static_assert(std::is_nothrow_move_constructible_v<Held>, "a move may not throw");
    ::new (static_cast<void*>(storage_)) Held(std::forward<F>(callable));
    operations_ = &kOperationsOf<Held>;
  }

  InlineFunction(InlineFunction&& other) noexcept { TakeFrom(other); }
  InlineFunction& operator=(InlineFunction&& other) noexcept {
    if (this != &other) {
      Reset();
      TakeFrom(other);
    }
    return *this;
  }
  InlineFunction(const InlineFunction&) = delete;
  InlineFunction& operator=(const InlineFunction&) = delete;
  ~InlineFunction() { Reset(); }

  explicit operator bool() const { return operations_ != nullptr; }

  // NOLINTNEXTLINE(performance-unnecessary-value-param): whether by value is the signature's choice
  R operator()(Args... args) {
    if (operations_ == nullptr) std::abort();
    return operations_->call(storage_, std::forward<Args>(args)...);
  }

 private:
  struct Operations {
    R (*call)(void* held, Args&&... args);
    void (*move)(void* from, void* to);  // and destroys `from`
    void (*destroy)(void* held);
  };

  template <typename Held>
  static Held* As(void* storage) {
    return std::launder(static_cast<Held*>(storage));
  }

  template <typename Held>
  static constexpr Operations kOperationsOf = {
      .call = [](void* held, Args&&... args) -> R {
        return std::invoke(*As<Held>(held), std::forward<Args>(args)...);
      },
      .move =
          [](void* from, void* to) {
            ::new (to) Held(std::move(*As<Held>(from)));
            std::destroy_at(As<Held>(from));
          },
      .destroy = [](void* held) { std::destroy_at(As<Held>(held)); },
  };

  void TakeFrom(InlineFunction& other) noexcept {
    operations_ = std::exchange(other.operations_, nullptr);
    if (operations_ != nullptr) operations_->move(other.storage_, storage_);
  }

  void Reset() noexcept {
    if (operations_ != nullptr) std::exchange(operations_, nullptr)->destroy(storage_);
  }

  const Operations* operations_ = nullptr;
  alignas(std::max_align_t) std::byte storage_[kCapacity];
};

}  // namespace moorage::base
