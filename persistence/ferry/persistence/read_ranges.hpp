// Reading rows that lie apart, as one answer.

#pragma once

#include "ferry/persistence/journal.hpp"
#include "ferry/queue/browse.hpp"

#include <span>

namespace ferry::persistence {

/// Reads the rows of `ranges`, which are sorted, as far as `limit` allows for all
/// of them together.
/// Errors   as `journal::read`
[[nodiscard]] result<rows_read> read_ranges(journal& storage, queue_id queue,
                                            std::span<const row_range> ranges, page_limit limit);

} // namespace ferry::persistence
