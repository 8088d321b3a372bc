#pragma once

#include <compare>
#include <functional>
#include <utility>

namespace moorage::base {

// A value that is a type of its own, so that a version is never passed for a row count.
//
//   using ModelName = Strong<struct ModelNameTag, std::string>;
template <typename Tag, typename T>
class Strong {
 public:
  Strong() = default;
  explicit Strong(T value) : value_(std::move(value)) {}

  const T& value() const& { return value_; }
  T&& value() && { return std::move(value_); }

  friend auto operator<=>(const Strong&, const Strong&) = default;
  friend bool operator==(const Strong&, const Strong&) = default;

 private:
  T value_{};
};

}  // namespace moorage::base

template <typename Tag, typename T>
struct std::hash<moorage::base::Strong<Tag, T>> {
  std::size_t operator()(const moorage::base::Strong<Tag, T>& strong) const noexcept {
    return std::hash<T>{}(strong.value());
  }
};
