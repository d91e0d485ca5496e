// A value or the error that took its place. Cores and ports return it; nothing
// in ferry throws, except `value()` of a result that holds an error.

#pragma once

#include "ferry/errors.hpp"

#include <cassert>
#include <stdexcept>
#include <utility>
#include <variant>

namespace ferry {

/// What `result::value()` throws, for programs that prefer exceptions.
class failure : public std::runtime_error {
public:
  explicit failure(error why) : std::runtime_error(why.text), why_(std::move(why)) {
  }

  [[nodiscard]] const error& why() const noexcept {
    return why_;
  }

private:
  error why_;
};

/// Holds a `T` or an `error`.
/// Errors   `value()` throws `failure` where an error is held; `operator*` and
///          `why()` expect that the caller asked `ok()` before.
template <class T>
class [[nodiscard]] result {
public:
  result(T value) : outcome_(std::in_place_index<0>, std::move(value)) {
  }

  result(error why) : outcome_(std::in_place_index<1>, std::move(why)) {
  }

  [[nodiscard]] bool ok() const noexcept {
    return outcome_.index() == 0;
  }

  explicit operator bool() const noexcept {
    return ok();
  }

  [[nodiscard]] T& operator*() {
    assert(ok());
    return *std::get_if<0>(&outcome_);
  }

  [[nodiscard]] const T& operator*() const {
    assert(ok());
    return *std::get_if<0>(&outcome_);
  }

  [[nodiscard]] T* operator->() {
    return &**this;
  }

  [[nodiscard]] const T* operator->() const {
    return &**this;
  }

  [[nodiscard]] const error& why() const {
    assert(!ok());
    return *std::get_if<1>(&outcome_);
  }

  /// The value, or a thrown `failure`; the value may be ignored.
  T& value() & {
    throw_if_failed();
    return **this;
  }

  T value() && {
    throw_if_failed();
    return std::move(**this);
  }

private:
  void throw_if_failed() const {
    if (!ok())
      throw failure(why());
  }

  std::variant<T, error> outcome_;
};

/// Success without a value, or an error.
using status = result<std::monostate>;

[[nodiscard]] inline status success() {
  return std::monostate{};
}

} // namespace ferry
