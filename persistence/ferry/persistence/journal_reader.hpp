// The port for reading rows back beside the journal that writes them.

#pragma once

#include "ferry/message.hpp"
#include "ferry/queue/queue_effects.hpp"
#include "ferry/result.hpp"

#include <vector>

namespace ferry::persistence {

/// Rows read back, ready to be delivered.
struct stored_page {
  std::vector<message_run> runs; // resident, by sequence; they may share a page
  sequence_number covered{};     // every row from the asked first to here is among them
};

/// Reads what one journal has committed.
///
/// Order     Whatever a `commit` that has returned wrote is seen. That is all a
///           queue needs: it asks for rows only after it was told that they are on
///           disk. Of a transaction under way nothing is seen.
/// Lifetime  Shows one opening of the file; the next one has readers of its own.
/// Errors    errc::journal_failed; nothing is lost then, and asking again may help.
/// Threads   One owner at a time; a thread of its own beside the journal's.
class journal_reader {
public:
  virtual ~journal_reader() = default;

  /// Reads rows of `queue` from `first` to `last`, as far as `limit` allows. The
  /// attempts that were written since a message was stored follow those in its
  /// headers.
  [[nodiscard]] virtual result<stored_page> read(queue_id queue, sequence_number first,
                                                 sequence_number last, page_limit limit) = 0;
};

} // namespace ferry::persistence
