// What is done for the journal's file beside its commits: its log is moved on by the
// upkeep actor, and its free space given back in idle moments.

#pragma once

#include "ferry/actors/handles.hpp"
#include "ferry/persistence/journal.hpp"

#include <utility>

namespace ferry::actors {

/// Asks the storage what it wants done, and has it done, one step of each kind at a time.
///
/// Threads     The journal actor's only.
class file_upkeep {
public:
  explicit file_upkeep(journal_actor::pointer self) : self_(self) {
  }

  // -- modifiers --------------------------------------------------------------

  /// `upkeep` makes the steps that would hold up the commits; null: nobody.
  void use(upkeep_actor upkeep) {
    upkeep_ = std::move(upkeep);
  }

  /// Looks after `storage` from now on, which outlives that; null: after nothing.
  void look_after(persistence::journal* storage);

  /// Has the log moved on, if it is long enough. To be called after each commit.
  void keep_up();

  /// Has a `compact` come behind everything in the mailbox, if there is space to give
  /// back. To be called when there may be an idle moment.
  void compact_later();

  /// The `compact` has come, and nothing waits to be written.
  void compact();

  /// The `compact` has come, and something waits: a queue that is never idle keeps its
  /// file as it is, and the commit brings us back.
  void put_off() noexcept {
    compaction_is_due_ = false;
  }

private:
  void kept_up(epoch life, const result<persistence::upkeep_report>& outcome);

  journal_actor::pointer self_;
  upkeep_actor upkeep_;
  persistence::journal* storage_ = nullptr;
  epoch opened_{};
  bool is_under_way_ = false;      // a step of the upkeep
  bool compaction_is_due_ = false; // a `compact` is in the mailbox
};

} // namespace ferry::actors
