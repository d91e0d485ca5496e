// What a memory queue has no RAM for: it lies on disk until it is read back, in its
// order, and has no row any more from then on.
//
//   publish ─ RAM is used up, or something is spilled ─▶ store ─committed─▶ on disk only
//                                                                              │ load
//   deliver ◀── ready in RAM ◀────────────────── loaded, and the rows erased ◀─┘
//
// A row says only that a message was never delivered: what is in flight or delayed is
// in RAM, and nothing of it outlives the process.

#include "ferry/queue/queue_core.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

// As long as something is spilled, all that comes lies behind it.
bool queue_core::is_spilling() const noexcept {
  return spills_ && (spilling_ > 0 || ready_.spilled() > 0 || is_over_budget());
}

error queue_core::why_no_spill() const {
  if (outage_.code == errc::none || !is_spilling())
    return {};
  return why_unable_to_spill(name_, outage_);
}

void queue_core::spill(message_run run, turn& change) {
  counters_.journaled += run.count;
  spilling_ += run.count;
  spilled_bytes_ += resident_bytes(run);
  change.records.emplace_back(records::store{run});
  change.spilled.push_back(std::move(run));
}

void queue_core::spilled(message_run run) {
  spilling_ -= run.count;
  run.page.reset();
  run.offset = 0;
  ready_.add(std::move(run));
}

// They are in RAM again, or elsewhere.
void queue_core::unspill(const records::erase& rows, turn& change) {
  if (!spills_ || rows.count == 0)
    return;
  spilled_bytes_ -= std::min(spilled_bytes_, rows.payload_bytes);
  change.erase(rows);
}

// What was on its way to the disk is written once the journal is back. Its producers
// hear at once that it is not safe, and send it again: then it is known, and confirmed
// when it is. A queue whose letters are on their way waits for the answer instead,
// because it would not be known again.
void queue_core::write_failed(error why, effect_list& out) {
  if (!spills_ || failed_.code != errc::none) {
    fail(std::move(why), out);
    return;
  }
  outage_ = std::move(why);
  commits_.suspend();
  commits_.each_answers([&](effect_list& answers) {
    for (const auto& answer : answers)
      if (const auto* confirm = std::get_if<effects::confirm>(&answer))
        out.emplace_back(
          effects::refuse{confirm->question, why_unable_to_spill(name_, outage_)});
    std::erase_if(answers, [](const effect& answer) {
      return std::holds_alternative<effects::confirm>(answer);
    });
  });
}

// A page that the failed journal's reader was asked for may never come.
void queue_core::journal_returned(time_point now, effect_list& out) {
  outage_ = {};
  loading_ = false;
  commits_.resume(out);
  go_on(now, out);
}

} // namespace ferry
