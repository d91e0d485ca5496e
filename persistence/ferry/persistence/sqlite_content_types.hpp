// Content types as small numbers: a row names its type with one integer instead
// of two texts.

#pragma once

#include "ferry/message.hpp"
#include "ferry/persistence/sqlite_statements.hpp"

#include <cstdint>
#include <map>
#include <memory>

namespace ferry::persistence {

/// The ids of the table `content_type`, all of them in memory.
///
/// Invariants  Id 0 stands for no type and is never a row.
/// Errors      Throws `sqlite_failure`. A type that was added in a transaction
///             that rolls back makes the object useless, as it does the journal.
/// Cost        No lookup while the same object comes again; O(log n) otherwise.
/// Threads     One owner at a time.
class sqlite_content_types {
public:
  explicit sqlite_content_types(sqlite_statements& statements);

  /// The id of `type`, adding it when it is met for the first time.
  [[nodiscard]] std::int64_t id_of(const std::shared_ptr<const content_type>& type);

private:
  std::int64_t find_or_add(const content_type& type);

  sqlite_statements& statements_;
  std::map<content_type, std::int64_t> ids_;
  std::shared_ptr<const content_type> last_; // held, so that its address stays its own
  std::int64_t last_id_ = 0;
};

} // namespace ferry::persistence
