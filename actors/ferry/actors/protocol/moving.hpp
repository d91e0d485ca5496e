// What queues tell each other of messages that go from one to the other in one commit.
//
//   origin ── bury ───▶ dead-letter queue, or target of a move
//          ◀── buried ──

#pragma once

#include "ferry/actors/inspection.hpp"
#include "ferry/actors/protocol/type_ids.hpp"
#include "ferry/ids.hpp"
#include "ferry/queue/queue_effects.hpp"

#include <caf/actor.hpp>

#include <vector>

namespace ferry::messages {

/// Asks a queue to take dead letters, and to remove them where they died.
/// From    the queue `origin` where the messages ended
/// Answer  buried, once the letters are safe; an error where the journal was
///         opened again since: the origin decides anew what ends
/// Repeat  only after an error; the letter may then be there twice
struct bury {
  queue_id origin{}; // none: they have no rows
  std::vector<dead_message> letters;
  epoch opened{}; // in which `origin` decided it; of no meaning without rows
};

struct buried {};

/// Asks a queue to hand messages to another one, as they are in `letters`, and to
/// remove them here in the same commit. What is in flight stays.
/// From    redrive
/// Answer  moved, once they are as durable as `target` promises; after an error
///         they are where they were
/// Repeat  allowed: what has left is counted as in use
struct move {
  caf::actor target; // a queue_actor of the same journal, other than the one asked
  std::vector<dead_message> letters;
};

struct moved {
  move_outcome outcome;
};

// -- inspection ---------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, bury& x) {
  return fields(f, x, "ferry::bury", named{"origin", x.origin}, named{"letters", x.letters},
                named{"opened", x.opened});
}

template <class Inspector>
auto inspect(Inspector& f, buried& x) {
  return fields(f, x, "ferry::buried");
}

template <class Inspector>
auto inspect(Inspector& f, move& x) {
  return fields(f, x, "ferry::move", named{"target", x.target}, named{"letters", x.letters});
}

template <class Inspector>
auto inspect(Inspector& f, moved& x) {
  return fields(f, x, "ferry::moved", named{"outcome", x.outcome});
}

} // namespace ferry::messages
