// Reading rows that lie apart, as one answer.

#pragma once

#include "ferry/persistence/journal_reader.hpp"
#include "ferry/queue/browse.hpp"

#include <span>

namespace ferry::persistence {

/// Reads the rows of `ranges`, which are sorted, as far as `limit` allows for all
/// of them together.
/// Errors   as `journal_reader::read`
[[nodiscard]] result<rows_read> read_ranges(journal_reader& source, queue_id queue,
                                            std::span<const row_range> ranges, page_limit limit);

} // namespace ferry::persistence
