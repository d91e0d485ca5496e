// The queue as an actor: turns messages into queue_core calls, and by queue_messenger
// the core's effects into messages. Decides nothing.
//
//            publish, subscribe, settle          write, load
//   clients ───────────────────────────▶┌─────────────┐──────▶ journal_actor, reader_actor
//   clients ◀───────────────────────────│ queue_actor │◀────── committed, loaded
//            receipt, delivery, settled └─────────────┘
//                                          │       ▲
//                         watch, wake_at   ▼       │  consumer_lost, wake
//                                        supervisor_actor

#pragma once

#include "ferry/actors/clock.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/ids.hpp"
#include "ferry/queue/queue_core.hpp"

#include <functional>
#include <string>

namespace ferry::actors {

/// What the shell needs from outside; passed by value at spawn.
struct queue_links {
  journal_actor journal; // null where the queue can store nothing
  supervisor_actor supervisor;
  queue_actor dead_letters; // null where messages are kept or discarded
  queue_id origin{};        // this queue's id where its rows are moved; none: it erases them itself
  anchored_clock clock;
  std::function<void()> charged = {}; // called when the counts of a crash are on disk
  std::function<void(const std::string&)> report = {}; // hears of rows that cannot be read
  reader_actor reader = {};                            // of the journal; null like that
};

/// Starts a queue from what its journal kept, and anew by `revive`: what was not
/// stored by then is refused, and all receivers are asked to subscribe again. One in
/// memory goes on, and hears by `journal_returned` that it can spill again. It
/// ends by `stop`, once everything it was told is committed or refused.
[[nodiscard]] queue_actor spawn_queue(caf::actor_system& system, queue_start start,
                                      queue_links links);

} // namespace ferry::actors
