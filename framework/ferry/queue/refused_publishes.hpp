// Which publishes a full queue refused, as long as their producers may send them
// again: taken for duplicates, they would be confirmed as stored.

#pragma once

#include "ferry/ids.hpp"

#include <cstddef>
#include <map>
#include <set>

namespace ferry {

/// Remembers refusals that another time might have been none.
///
/// Bounds      The windows of the producers that are remembered: what they have been
///             answered for good is forgotten.
/// Errors      None.
/// Cost        O(log refusals) per call.
/// Threads     One owner at a time; no locking inside.
class refused_publishes {
public:
  // -- modifiers --------------------------------------------------------------

  void add(session_id session, publish_number number);

  /// Forgets what `session` has an answer for: everything before `oldest`.
  void forget_before(session_id session, publish_number oldest);

  void forget(session_id session);

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool contains(session_id session, publish_number number) const;

private:
  std::map<session_id, std::set<publish_number>> refused_;
};

} // namespace ferry
