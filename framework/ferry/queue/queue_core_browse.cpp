// Looking into a queue: every structure that holds messages shows its own, and
// the window keeps the first of them.

#include "ferry/queue/browse_window.hpp"
#include "ferry/queue/queue_core.hpp"

#include <memory>

namespace ferry {

namespace {

message_run run_of_letter(sequence_number sequence, const envelope& letter) {
  auto deliveries = death_of(letter).value_or(death{}).deliveries;
  return {std::make_shared<const message_page>(message_page{letter}), 0, 1, sequence, deliveries};
}

void show_waiting(const turn& change, browse_window& window) {
  for (const auto* runs : {&change.ready, &change.spilled, &change.suspects, &change.overflow})
    for (const auto& run : *runs)
      window.add({message_state::committing, run, {}, {}});
  for (const auto& item : change.delayed)
    window.add({message_state::committing, item.run, {}, {}});
}

} // namespace

browse_view queue_core::browse(const browse_query& query) const {
  auto window = browse_window{query};
  commits_.each([&](const turn& change) { show_waiting(change, window); });
  in_flight_.each([&](const lease& item) {
    window.add({message_state::in_flight, item.run, item.deadline, item.holder});
  });
  delayed_.each([&](time_point due, const message_run& run) {
    window.add({message_state::delayed, run, due, {}});
  });
  quarantine_.each([&](const message_run& run) {
    window.add({message_state::ready, run, {}, {}});
  });
  moves_.each([&](const delayed_run& item) {
    window.add({message_state::moving, item.run, {}, {}});
  });
  if (window.wants(message_state::dying))
    burials_.each([&](sequence_number sequence, const envelope& letter) {
      window.add({message_state::dying, run_of_letter(sequence, letter), {}, {}});
    });
  ready_.each_from(window.first(), [&](const message_run& run) {
    window.add({message_state::ready, run, {}, {}});
    return window.wants(message_state::ready) && !window.ends_before(run.first);
  });
  return window.take(sequence_number{value_of(next_) - 1});
}

} // namespace ferry
