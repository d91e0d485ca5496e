// Content types as small numbers: a row names its type with one integer instead
// of two texts.

#pragma once

#include "ferry/message.hpp"
#include "ferry/persistence/sqlite_statements.hpp"

#include <cstdint>
#include <map>
#include <memory>

namespace ferry::persistence {

/// The table `content_type`, all of it in memory.
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

  /// The type with that id; null for 0 and for an id that nobody wrote.
  [[nodiscard]] std::shared_ptr<const content_type> type_of(std::int64_t id) const;

private:
  std::int64_t find_or_add(const content_type& type);
  void remember(std::int64_t id, content_type type);

  sqlite_statements& statements_;
  std::map<content_type, std::int64_t> ids_;
  std::map<std::int64_t, std::shared_ptr<const content_type>> types_;
  std::shared_ptr<const content_type> last_; // held, so that its address stays its own
  std::int64_t last_id_ = 0;
};

} // namespace ferry::persistence
