// Who may be handed messages, how many more, and whose turn it is.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace ferry {

/// How much a consumer may hold unsettled.
struct credit {
  std::uint64_t messages = 0; // 0 pauses the consumer
  std::size_t bytes = 0;      // a single message is handed over even if it is larger
};

/// Who asks for deliveries.
struct subscriber {
  credit limit;
  std::string name = {};              // empty: "consumer-<id>"
  std::optional<duration> lease = {}; // instead of the queue's
};

/// Keeps every consumer's credit and takes turns between those that have some.
///
/// Errors      None. Calls for a consumer that left are ignored: its last
///             settlements may arrive after it is gone.
/// Cost        O(log consumers); `next` is O(consumers) when all are busy.
/// Threads     One owner at a time; no locking inside.
class consumer_table {
public:
  /// Counts on after `last`, which may be the last of a former table.
  explicit consumer_table(consumer_id last = consumer_id::none) noexcept : last_added_(last) {
  }

  // -- modifiers --------------------------------------------------------------

  [[nodiscard]] consumer_id add(subscriber item);
  void remove(consumer_id consumer);
  void set_limit(consumer_id consumer, credit limit);

  /// Notes that `consumer` received, or settled, this much.
  void charge(consumer_id consumer, credit amount);
  void refund(consumer_id consumer, credit amount);

  /// Gives `consumer` nothing more until it shows that its handler has returned.
  void hold_back(consumer_id consumer);
  void let_go(consumer_id consumer);

  /// The next consumer in turn that has credit left, or `nullopt`.
  [[nodiscard]] std::optional<consumer_id> next();

  // -- properties -------------------------------------------------------------

  /// What `consumer` may still receive; nothing when it is unknown.
  [[nodiscard]] credit room(consumer_id consumer) const;

  /// What histories call it; also when it left.
  [[nodiscard]] std::string name_of(consumer_id consumer) const;

  /// The lease that it asked for, if it asked for one.
  [[nodiscard]] std::optional<duration> lease_of(consumer_id consumer) const;

  /// Whether anybody has credit left.
  [[nodiscard]] bool has_room() const;

  [[nodiscard]] std::size_t size() const noexcept {
    return consumers_.size();
  }

  /// The consumer that was added last; `none` before the first.
  [[nodiscard]] consumer_id last() const noexcept {
    return last_added_;
  }

private:
  struct account {
    subscriber who;
    credit held;
    bool is_held_back = false;
  };

  [[nodiscard]] static bool has_room(const account& item) noexcept;

  std::map<consumer_id, account> consumers_;
  consumer_id last_added_;
  consumer_id last_served_{};
};

} // namespace ferry
