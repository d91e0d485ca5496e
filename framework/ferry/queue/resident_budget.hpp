// How much of what waits for consumers may lie in RAM: of all queues of a broker
// together, and of each of them.

#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace ferry {

/// Counts what all queues of a broker keep in RAM.
///
/// Errors      None. Shares that are taken at the same time can exceed the limit
///             together, each by what it takes at once.
/// Threads     any; it never locks.
class resident_budget {
public:
  explicit resident_budget(std::size_t limit) noexcept : limit_(limit) {
  }

  void take(std::size_t bytes) noexcept {
    used_.fetch_add(bytes, std::memory_order_relaxed);
  }

  void give_back(std::size_t bytes) noexcept {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  [[nodiscard]] std::size_t limit() const noexcept {
    return limit_;
  }

  [[nodiscard]] std::size_t used() const noexcept {
    return used_.load(std::memory_order_relaxed);
  }

private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_ = 0;
};

/// What a queue may keep in RAM however much the others keep: enough to go on.
inline constexpr auto least_share = std::size_t{64} << 10;

/// One queue's part of a budget; gives it back when it ends.
///
/// Errors      None. It counts whatever is taken; `excess` tells what was too much.
/// Threads     One owner at a time; the budget behind it may be shared.
class resident_share {
public:
  /// `limit` is the queue's own; without a `common` budget it is the only one.
  explicit resident_share(std::size_t limit, std::shared_ptr<resident_budget> common = nullptr)
    : limit_(limit), common_(std::move(common)) {
  }

  resident_share(resident_share&& other) noexcept;
  resident_share& operator=(resident_share&& other) noexcept;
  ~resident_share();

  // -- modifiers --------------------------------------------------------------

  void take(std::size_t bytes) noexcept;
  void give_back(std::size_t bytes) noexcept;

  // -- properties -------------------------------------------------------------

  [[nodiscard]] std::size_t used() const noexcept {
    return used_;
  }

  /// How much may be kept in all: the queue's limit, or what the others leave of the
  /// common one, but never less than the least share. What another share of the same
  /// queue has taken, `beside` this one, is none of the others'.
  [[nodiscard]] std::size_t allowance(std::size_t beside = 0) const noexcept;

  /// How much is kept beyond the allowance.
  [[nodiscard]] std::size_t excess() const noexcept;

private:
  std::size_t limit_;
  std::shared_ptr<resident_budget> common_;
  std::size_t used_ = 0;
};

} // namespace ferry
