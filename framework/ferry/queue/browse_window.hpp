// The first messages of a queue that somebody asked to see, collected from the
// structures that hold them, in whatever order these are gone through.

#pragma once

#include "ferry/queue/browse.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace ferry {

/// Keeps the lowest sequences of all that it is shown, and only as many as a page
/// may look at.
///
/// Invariants  Holds at most `most` messages, however many it is shown.
/// Errors      None.
/// Cost        O(log runs kept) per run shown, and O(log sequences) per message
///             where the query names them.
/// Threads     One owner at a time.
class browse_window {
public:
  explicit browse_window(const browse_query& query);

  // -- modifiers --------------------------------------------------------------

  /// Notes what is wanted of `item`; runs never overlap each other.
  void add(const browsed_run& item);

  /// What was collected, by sequence.
  [[nodiscard]] browse_view take(sequence_number newest);

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool wants(message_state state) const noexcept {
    return !query_.state || *query_.state == state;
  }

  /// The first sequence that may be wanted.
  [[nodiscard]] sequence_number first() const noexcept;

  /// Whether neither `sequence` nor what follows it finds a place any more.
  [[nodiscard]] bool ends_before(sequence_number sequence) const noexcept;

private:
  void keep(browsed_run item);
  void keep_listed(const browsed_run& item);
  void shorten();
  [[nodiscard]] bool is_full_before(sequence_number sequence) const noexcept;

  browse_query query_; // with its sequences sorted
  std::uint64_t most_;
  std::map<sequence_number, browsed_run> kept_; // by first sequence
  std::uint64_t size_ = 0;
  bool is_cut_ = false;
};

} // namespace ferry
