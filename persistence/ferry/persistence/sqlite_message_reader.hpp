// Messages read back from their rows, as pages.

#pragma once

#include "ferry/persistence/journal_reader.hpp"
#include "ferry/persistence/sqlite_statements.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace ferry::persistence {

/// Reads the tables `message` and `content_type`.
///
/// Errors   Throws `sqlite_failure`; `std::runtime_error` for stored headers that
///          cannot be read.
/// Threads  One owner at a time.
class sqlite_message_reader {
public:
  explicit sqlite_message_reader(sqlite_read_statements& statements);

  /// The rows of `queue` from `first` to `last`, with their payloads, on one page.
  [[nodiscard]] stored_page read(queue_id queue, sequence_number first, sequence_number last,
                                 page_limit limit);

private:
  envelope read_envelope(const named_statement& row);
  std::shared_ptr<const header_map> read_headers(const named_statement& row);
  std::shared_ptr<const content_type> type_of(std::int64_t id);
  void read_types();

  sqlite_read_statements& statements_;
  std::map<std::int64_t, std::shared_ptr<const content_type>> types_;
};

} // namespace ferry::persistence
