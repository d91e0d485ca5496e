// Counts what the current thread allocates, for promises like "one allocation per
// message". Linking allocation_meter.cpp replaces the global operator new.

#pragma once

#include <cstddef>

namespace ferry::testing {

/// Counts from its construction on, on the thread that made it.
class allocation_meter {
public:
  allocation_meter() noexcept;

  [[nodiscard]] std::size_t count() const noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept; // freed ones included

  /// What is allocated now and was not before, with what the allocator rounds up to.
  /// Expects   what was allocated before is still there
  [[nodiscard]] std::size_t held_bytes() const noexcept;

private:
  std::size_t count_before_;
  std::size_t bytes_before_;
  std::size_t held_before_;
};

} // namespace ferry::testing
