// Which writes wait for the next transaction, and when that begins. Batches form from
// concurrency alone: what comes while one commit runs is the next one. Only acks of
// which nobody waits to hear are put off, until something else is written with which
// they go for nothing; by themselves they would keep the disk, and what comes next
// would wait for two commits instead of one. Where more waits than one transaction
// holds, acks are written ahead, and done in their turn.
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

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
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

/// What one transaction holds, and what is done when it is on disk.
template <class Write>
struct commit_share {
  std::vector<Write> written;
  std::vector<Write> done; // their queues are told: all before them is on disk as well
};

/// Gathers writes and hands them out by transactions, in order. Acks do not wait for
/// transactions full of what was published after their messages: they go with the next
/// one, while their rows are still in memory, as many as one may hold besides, and are
/// done in their turn.
///
/// `Write` names its `batch` (a pointer to a `write_batch`), the epoch in which it was
/// `opened`, and its `urgency`.
///
/// Invariants  Writes are done in the order in which they came, and written in it, but for
///             acks, which only come before others. No ack is put off for longer than
///             `patience`, but for a clock that comes late. One `behind_others` and
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

  /// Takes nothing from now on; hands out what waits, which is to be refused, also where
  /// it was written ahead: to erase a row again does no harm.
  [[nodiscard]] std::vector<Write> close() {
    is_open_ = false;
    is_urgent_ = false;
    auto refused = std::vector<Write>{};
    for (auto& item : std::exchange(waiting_, {}))
      refused.push_back(std::move(item.asked));
    return refused;
  }

  /// Keeps `item`; answers false where it is to be refused.
  [[nodiscard]] bool add(time_point now, const Write& item) {
    if (!is_open_ || item.opened != opened_)
      return false;
    if (waiting_.empty())
      since_ = now;
    is_urgent_ = is_urgent_ || item.how == urgency::awaited || !may_wait(*item.batch);
    waiting_.push_back({item, may_overtake(*item.batch), false});
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
  [[nodiscard]] commit_share<Write> take() {
    auto batches = std::vector<const write_batch*>{};
    for (const auto& item : waiting_)
      if (!item.is_written)
        batches.push_back(&*item.asked.batch);
    auto share = commit_share<Write>{};
    auto in_turn = next_share(batches, limits_);
    auto ahead = std::uint64_t{0}; // records
    for (auto& item : waiting_) {
      if (item.is_written)
        continue;
      if (in_turn > 0)
        --in_turn;
      else if (item.may_overtake && ahead < limits_.messages)
        ahead += item.asked.batch->records.size();
      else
        continue;
      item.is_written = true;
      share.written.push_back(item.asked);
    }
    auto end = std::ranges::find(waiting_, false, &entry::is_written);
    for (auto done = waiting_.begin(); done != end; ++done)
      share.done.push_back(std::move(done->asked));
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
  struct entry {
    Write asked;
    bool may_overtake = false;
    bool is_written = false; // by an earlier transaction than its turn
  };

  commit_limits limits_;
  epoch opened_{};
  bool is_open_ = false;
  std::vector<entry> waiting_;
  time_point since_{};      // the oldest of them
  bool is_urgent_ = false;  // one of them
  bool comes_back_ = false; // a `behind_others` is under way
  bool wakes_ = false;      // a `when_due` is under way
};

} // namespace ferry::persistence
