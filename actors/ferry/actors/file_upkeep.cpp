#include "ferry/actors/file_upkeep.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/protocol/upkeep.hpp"

namespace ferry::actors {

void file_upkeep::look_after(persistence::journal* storage) {
  storage_ = storage;
  if (storage_)
    opened_ = storage_->opened();
}

void file_upkeep::keep_up() {
  if (!storage_ || !storage_->wants_upkeep() || std::exchange(is_under_way_, true))
    return;
  compat::request(self_, upkeep_, messages::keep_up{}) // as long as the disk likes
    .then([this, life = opened_](const messages::upkept& m) { kept_up(life, m.done); },
          [this, life = opened_](const caf::error& why) { kept_up(life, from_caf(why)); });
}

// A step of an older opening says nothing about the log of this one.
void file_upkeep::kept_up(epoch life, const result<persistence::upkeep_report>& outcome) {
  is_under_way_ = false;
  if (storage_ && life == opened_)
    storage_->upkeep_ended(outcome);
  keep_up();
}

void file_upkeep::compact_later() {
  if (!storage_ || !storage_->wants_compaction() || std::exchange(compaction_is_due_, true))
    return;
  compat::send(self_, journal_actor{self_}, messages::compact{});
}

void file_upkeep::compact() {
  compaction_is_due_ = false;
  if (!storage_)
    return;
  storage_->compact();
  keep_up();
  compact_later();
}

} // namespace ferry::actors
