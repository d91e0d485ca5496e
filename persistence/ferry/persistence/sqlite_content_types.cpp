#include "ferry/persistence/sqlite_content_types.hpp"

#include <utility>

namespace ferry::persistence {

sqlite_content_types::sqlite_content_types(sqlite_statements& statements)
  : statements_(statements) {
  statements_.read_content_types.each_row([&](const named_statement& row) {
    remember(row.number(0), content_type{row.text(1), row.text(2)});
  });
}

std::int64_t sqlite_content_types::id_of(const std::shared_ptr<const content_type>& type) {
  if (type == last_)
    return last_id_;
  last_id_ = type ? find_or_add(*type) : 0;
  last_ = type;
  return last_id_;
}

std::shared_ptr<const content_type> sqlite_content_types::type_of(std::int64_t id) const {
  auto found = types_.find(id);
  return found == types_.end() ? nullptr : found->second;
}

std::int64_t sqlite_content_types::find_or_add(const content_type& type) {
  if (auto known = ids_.find(type); known != ids_.end())
    return known->second;
  auto id = std::int64_t{0};
  statements_.insert_content_type.with(type.type, type.format).each_row([&](const auto& row) {
    id = row.number(0);
  });
  remember(id, type);
  return id;
}

void sqlite_content_types::remember(std::int64_t id, content_type type) {
  ids_.emplace(type, id);
  types_.emplace(id, std::make_shared<const content_type>(std::move(type)));
}

} // namespace ferry::persistence
