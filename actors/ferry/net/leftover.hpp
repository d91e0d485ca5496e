// Bytes that one side of a relay could not take yet.

#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ferry::net {

/// Invariants  Holds memory only while it holds bytes.
class leftover {
public:
  // -- modifiers --------------------------------------------------------------

  /// Keeps a copy of `bytes`; it must be empty.
  void keep(std::span<const std::byte> bytes) {
    bytes_.assign(bytes.begin(), bytes.end());
    taken_ = 0;
  }

  /// Drops the first `count` of what is left.
  void take(std::size_t count) {
    taken_ += count;
    if (taken_ == bytes_.size())
      *this = {};
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool is_empty() const noexcept {
    return bytes_.empty();
  }

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return std::span{bytes_}.subspan(taken_);
  }

private:
  std::vector<std::byte> bytes_;
  std::size_t taken_ = 0;
};

} // namespace ferry::net
