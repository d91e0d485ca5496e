// Refusals of which a producer may not have heard: the answer to a page that went in
// pieces is gathered where it was cut, and is lost with the link.

#pragma once

#include "ferry/outcome.hpp"

#include <map>

namespace ferry {

/// Refuses again what was refused, when the queue takes it for a duplicate.
///
/// Bounds      The windows of the producers: what they have heard of is forgotten.
/// Errors      None.
/// Cost        O(log refusals) per refusal.
/// Threads     One owner at a time; no locking inside.
class unheard_refusals {
public:
  // -- modifiers --------------------------------------------------------------

  /// Keeps what `outcome` refuses.
  /// Repeat    allowed
  void add(const publish_outcome& outcome);

  /// Forgets what `session` has heard of: everything before `oldest`.
  void forget_before(session_id session, publish_number oldest);

  // -- properties -------------------------------------------------------------

  /// `outcome` with all that was refused before among what it tells of.
  [[nodiscard]] publish_outcome completed(publish_outcome outcome) const;

private:
  std::map<session_id, std::map<publish_number, error>> refused_;
};

} // namespace ferry
