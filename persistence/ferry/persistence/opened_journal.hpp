// A journal opened as a whole: what is in it, and who reads and keeps it up beside its
// commits.

#pragma once

#include "ferry/persistence/journal.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace ferry::persistence {

/// What an opening comes to; all of it belongs to the same file.
struct opened_journal {
  std::unique_ptr<journal> storage;
  std::vector<stored_queue> queues;
  std::unique_ptr<journal_reader> reader;
  std::unique_ptr<journal_upkeep> upkeep;
};

/// Opens storage by `open`, and everything that goes with it.
/// Errors   those of `open`, `recover`, `open_reader` and `open_upkeep`; what was opened
///          is closed again then
[[nodiscard]] result<opened_journal>
open_whole(const std::function<result<std::unique_ptr<journal>>()>& open);

} // namespace ferry::persistence
