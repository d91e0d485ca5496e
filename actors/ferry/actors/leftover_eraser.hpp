// What an earlier process left of its memory queues, erased one step at a time: what
// queues ask for is committed in between.

#pragma once

#include "ferry/actors/broker_actor.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/persistence/leftover_rows.hpp"

#include <memory>
#include <utility>

namespace ferry::actors {

/// Has the journal erase rows that nobody wants any more. A journal that fails keeps the
/// rest until it is opened again and `erase` is called with what is left then.
///
/// Threads     The broker's only.
class leftover_eraser {
public:
  leftover_eraser(broker_actor::pointer self, journal_actor journal)
    : self_(self),
      journal_(std::move(journal)) {
  }

  /// Erases `rows`, as they are in this opening of the journal, in place of what it had to
  /// erase before.
  void erase(persistence::leftover_rows rows, epoch opened) {
    rows_ = std::move(rows);
    opened_ = opened;
    go_on();
  }

  /// Leaves the rest to the next process.
  void end() noexcept {
    has_ended_ = true;
  }

private:
  void go_on() {
    if (is_under_way_ || has_ended_)
      return;
    auto step = rows_.next();
    if (!step)
      return;
    is_under_way_ = true;
    auto batch = std::make_shared<const persistence::write_batch>(std::move(*step));
    compat::request(self_, journal_, messages::erase_rows{std::move(batch), opened_})
      .then(
        [this](const messages::rows_erased&) {
          is_under_way_ = false;
          go_on();
        },
        [this](const caf::error&) { is_under_way_ = false; });
  }

  broker_actor::pointer self_;
  journal_actor journal_;
  persistence::leftover_rows rows_;
  epoch opened_{};
  bool is_under_way_ = false;
  bool has_ended_ = false;
};

} // namespace ferry::actors
