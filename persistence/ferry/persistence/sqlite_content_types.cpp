#include "ferry/persistence/sqlite_content_types.hpp"

namespace ferry::persistence {

sqlite_content_types::sqlite_content_types(sqlite_statements& statements)
  : statements_(statements) {
  statements_.read_content_types.each_row([&](const named_statement& row) {
    ids_.emplace(content_type{row.text(1), row.text(2)}, row.number(0));
  });
}

std::int64_t sqlite_content_types::id_of(const std::shared_ptr<const content_type>& type) {
  if (type == last_)
    return last_id_;
  last_id_ = type ? find_or_add(*type) : 0;
  last_ = type;
  return last_id_;
}

std::int64_t sqlite_content_types::find_or_add(const content_type& type) {
  if (auto known = ids_.find(type); known != ids_.end())
    return known->second;
  auto id = std::int64_t{0};
  statements_.insert_content_type.with(type.type, type.format).each_row([&](const auto& row) {
    id = row.number(0);
  });
  ids_.emplace(type, id);
  return id;
}

} // namespace ferry::persistence
