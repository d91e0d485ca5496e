// What operators ask of a queue, and of its broker.

#pragma once

#include "ferry/actors/inspection.hpp"
#include "ferry/actors/protocol/type_ids.hpp"
#include "ferry/metrics/queue_figures.hpp"
#include "ferry/queue/browse.hpp"
#include "ferry/queue/redrive.hpp"
#include "ferry/time.hpp"

#include <string>

namespace ferry::messages {

/// Asks a queue to deliver nothing for a while.
/// Answer  paused
/// Repeat  allowed: the last one counts
struct pause {
  duration wait{}; // 0 or less: deliver again
};

struct paused {};

/// Asks a queue what it did and holds.
/// Answer  figures
/// Repeat  allowed
struct ask_figures {};

struct figures {
  queue_figures queue;
};

/// Asks a queue to show some of its messages; none of them moves or is counted.
/// Answer  browsed; an error for a query out of range, or where rows cannot be read
/// Repeat  allowed
struct browse {
  browse_query query;
};

struct browsed {
  browse_page page;
};

/// Asks for dead letters to be moved to where they came from, or elsewhere.
/// From    broker's facade, or anybody; the actor that is asked ends with its answer
/// Answer  redriven; an error tells how far it came
/// Repeat  allowed, by asking another redrive_actor: what has moved is gone
struct redrive {
  std::string from;
  redrive_options options;
};

struct redriven {
  redrive_report report;
};

// -- inspection ---------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, pause& x) {
  return fields(f, x, "ferry::pause", named{"wait", x.wait});
}

template <class Inspector>
auto inspect(Inspector& f, paused& x) {
  return fields(f, x, "ferry::paused");
}

template <class Inspector>
auto inspect(Inspector& f, ask_figures& x) {
  return fields(f, x, "ferry::ask_figures");
}

template <class Inspector>
auto inspect(Inspector& f, figures& x) {
  return fields(f, x, "ferry::figures", named{"queue", x.queue});
}

template <class Inspector>
auto inspect(Inspector& f, browse& x) {
  return fields(f, x, "ferry::browse", named{"query", x.query});
}

template <class Inspector>
auto inspect(Inspector& f, browsed& x) {
  return fields(f, x, "ferry::browsed", named{"page", x.page});
}

template <class Inspector>
auto inspect(Inspector& f, redrive& x) {
  return fields(f, x, "ferry::redrive", named{"from", x.from}, named{"options", x.options});
}

template <class Inspector>
auto inspect(Inspector& f, redriven& x) {
  return fields(f, x, "ferry::redriven", named{"report", x.report});
}

} // namespace ferry::messages
