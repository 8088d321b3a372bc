#pragma once

#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

#include "foundation/base/error.h"

namespace moorage::base {

// A value of T, or the Error that explains why there is none. The compiler warns if it is ignored.
//
//   Result<Digest> Put(...);
//   ASSIGN_OR_RETURN(const Digest digest, blobs.Put(bytes));
//   return Error{Code::kNotFound, "model cancer: not registered"};
template <typename T>
class [[nodiscard]] Result {
 public:
  template <typename U = T>
    requires(std::is_constructible_v<T, U &&> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error>)
  Result(U&& value) : state_(std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor)
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : state_(tl::unexpect, std::move(error)) {}

  bool ok() const { return state_.has_value(); }
  explicit operator bool() const { return ok(); }

  T& value() & { return *state_; }
  const T& value() const& { return *state_; }
  T&& value() && { return *std::move(state_); }
  T& operator*() & { return *state_; }
  const T& operator*() const& { return *state_; }
  T operator*() && { return *std::move(state_); }  // a value, because the Result may be a temporary
  T* operator->() { return &*state_; }
  const T* operator->() const { return &*state_; }

  const Error& error() const& { return state_.error(); }
  Error&& error() && { return std::move(state_.error()); }

  template <typename U>
  T value_or(U&& fallback) const& {
    return state_.value_or(std::forward<U>(fallback));
  }

 private:
  tl::expected<T, Error> state_;
};

// Success, or the Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : state_(tl::unexpect, std::move(error)) {}

  bool ok() const { return state_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return state_.error(); }
  Error&& error() && { return std::move(state_.error()); }

 private:
  tl::expected<void, Error> state_;
};

using Status = Result<void>;

template <typename T>
Result<T> Annotate(std::string_view context, Result<T> result) {
  if (result.ok()) return result;
  return Annotate(context, std::move(result).error());
}

}  // namespace moorage::base

#define MOORAGE_CONCAT_INNER(a, b) a##b
#define MOORAGE_CONCAT(a, b) MOORAGE_CONCAT_INNER(a, b)

// Leaves the function with the error of `expr`, if it has one.
#define RETURN_IF_ERROR(expr)                                 \
  do {                                                        \
    if (auto moorage_status = (expr); !moorage_status.ok()) { \
      return std::move(moorage_status).error();               \
    }                                                         \
  } while (false)

// Declares or assigns `lhs` from the value of `expr`, or leaves the function with its error.
#define ASSIGN_OR_RETURN(lhs, ...) \
  MOORAGE_ASSIGN_OR_RETURN(MOORAGE_CONCAT(moorage_result_, __LINE__), lhs, __VA_ARGS__)
#define MOORAGE_ASSIGN_OR_RETURN(result, lhs, ...)    \
  auto result = (__VA_ARGS__);                        \
  if (!result.ok()) return std::move(result).error(); \
  lhs = *std::move(result)
