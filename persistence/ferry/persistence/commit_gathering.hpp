// Which writes wait for the next transaction, and when that begins. Batches form from
// concurrency alone: what comes while one commit runs is the next one. Only acks of
// which nobody waits to hear are put off, until something else is written with which
// they go for nothing; by themselves they would keep the disk, and what comes next
// would wait for two commits instead of one.
//
//             urgent, or put off for long enough
//   waiting ───────────────────────────────────────▶ committing
//      │                                                 │ fails
//      └─────────────────────────────────────────────────┴──▶ refused

#pragma once

#include "ferry/ids.hpp"
#include "ferry/outcome.hpp"
#include "ferry/persistence/commit_policy.hpp"
#include "ferry/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace ferry::persistence {

/// What the journal is to do about the writes that wait.
enum class commit_step : std::uint8_t {
  none,          // nothing waits, or it comes back to them in any case
  commit,        // at once
  behind_others, // what is in the mailbox already goes into the same transaction
  when_due,      // come back at `due()`
};

/// Whether other messages wait for the journal.
enum class mailbox : std::uint8_t { empty, not_empty };

/// Gathers writes and hands them out by transactions, in order.
///
/// `Write` names its `batch` (a pointer to a `write_batch`), the epoch in which it was
/// `opened`, and its `urgency`.
///
/// Invariants  Writes go in the order in which they came. No ack is put off for longer
///             than `patience`, but for a clock that comes late. One `behind_others` and
///             one `when_due` are under way at most.
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None. What continues an older opening than the present one does not
///             continue what is on disk, and is not taken.
/// Threads     One owner at a time.
template <class Write>
class commit_gathering {
public:
  /// How long acks are put off.
  static constexpr auto patience = duration{std::chrono::milliseconds{1}};

  explicit commit_gathering(commit_limits limits = {}) : limits_(limits) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Takes what was written in the epoch `opened` from now on.
  void open(epoch opened) {
    opened_ = opened;
    is_open_ = true;
  }

  /// Takes nothing from now on; hands out what waits, which is to be refused.
  [[nodiscard]] std::vector<Write> close() {
    is_open_ = false;
    is_urgent_ = false;
    return std::exchange(waiting_, {});
  }

  /// Keeps `item`; answers false where it is to be refused.
  [[nodiscard]] bool add(time_point now, const Write& item) {
    if (!is_open_ || item.opened != opened_)
      return false;
    if (waiting_.empty())
      since_ = now;
    is_urgent_ = is_urgent_ || item.how == urgency::awaited || !may_wait(*item.batch);
    waiting_.push_back(item);
    return true;
  }

  /// What is to be done next, after each call of `add`, `take`, `came_back` and `woke`.
  [[nodiscard]] commit_step next(time_point now, mailbox others) {
    if (waiting_.empty() || comes_back_)
      return commit_step::none;
    if (!is_urgent_ && now < due())
      return std::exchange(wakes_, true) ? commit_step::none : commit_step::when_due;
    if (others == mailbox::empty)
      return commit_step::commit;
    comes_back_ = true;
    return commit_step::behind_others;
  }

  /// What was in the mailbox at `behind_others` has been added.
  void came_back() noexcept {
    comes_back_ = false;
  }

  /// The time of `when_due` has come; that of what waits now may be later.
  void woke() noexcept {
    wakes_ = false;
  }

  /// Hands out what the next transaction holds; nothing where nothing waits.
  [[nodiscard]] std::vector<Write> take() {
    auto batches = std::vector<const write_batch*>{};
    for (const auto& item : waiting_)
      batches.push_back(&*item.batch);
    auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(next_share(batches, limits_));
    auto share = std::vector<Write>(std::make_move_iterator(waiting_.begin()),
                                    std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    is_urgent_ = !waiting_.empty(); // more than one transaction holds
    return share;
  }

  // -- properties -------------------------------------------------------------

  /// Whether nothing waits, so that there is time for other work.
  [[nodiscard]] bool empty() const noexcept {
    return waiting_.empty();
  }

  /// When the oldest of what waits is put off no longer.
  [[nodiscard]] time_point due() const noexcept {
    return later(since_, patience);
  }

private:
  commit_limits limits_;
  epoch opened_{};
  bool is_open_ = false;
  std::vector<Write> waiting_;
  time_point since_{};      // the oldest of them
  bool is_urgent_ = false;  // one of them
  bool comes_back_ = false; // a `behind_others` is under way
  bool wakes_ = false;      // a `when_due` is under way
};

} // namespace ferry::persistence
