#include "ferry/persistence/sqlite_message_reader.hpp"

#include "ferry/persistence/append_run.hpp"
#include "ferry/persistence/headers_json.hpp"
#include "ferry/retry/attempt.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

namespace ferry::persistence {

sqlite_message_reader::sqlite_message_reader(sqlite_read_statements& statements)
  : statements_(statements) {
}

stored_page sqlite_message_reader::read(queue_id queue, sequence_number first, sequence_number last,
                                        page_limit limit) {
  assert(limit.rows > 0);
  auto end = advanced(last_sequence, 1);
  auto page = std::make_shared<message_page>();
  auto found = stored_page{{}, last};
  auto bytes = std::size_t{0};
  statements_.read_messages
    .with(number_of(queue), number_of(std::min(first, end)), number_of(std::min(last, end)),
          std::int64_t{limit.rows})
    .while_rows([&](const named_statement& row) {
      auto place = static_cast<std::uint32_t>(page->size());
      auto deliveries = static_cast<std::uint32_t>(row.number(1));
      page->push_back(read_envelope(row));
      append_run(found.runs, {page, place, 1, sequence_of(row), deliveries});
      bytes += page->back().body.size();
      return bytes < limit.bytes;
    });
  if (page->size() == limit.rows || bytes >= limit.bytes)
    found.covered = found.runs.back().last();
  return found;
}

envelope sqlite_message_reader::read_envelope(const named_statement& row) {
  auto message = envelope{payload{row.bytes(5)}, type_of(row.number(3)), read_headers(row),
                          from_ns(row.number(2))};
  return row.is_null(6) ? message : with_attempts(message, row.text(6));
}

std::shared_ptr<const header_map> sqlite_message_reader::read_headers(const named_statement& row) {
  if (row.is_null(4))
    return nullptr;
  auto headers = headers_from_json(row.text(4));
  if (!headers)
    throw std::runtime_error("message " + std::to_string(row.number(0)) + " of its queue: "
                             + headers.why().text);
  return std::make_shared<const header_map>(std::move(*headers));
}

// A type that is not known yet was added since; the row that names it and the type
// come from one commit, so it is there. 0 stands for no type.
std::shared_ptr<const content_type> sqlite_message_reader::type_of(std::int64_t id) {
  if (id != 0 && !types_.contains(id))
    read_types();
  auto found = types_.find(id);
  return found == types_.end() ? nullptr : found->second;
}

void sqlite_message_reader::read_types() {
  statements_.read_content_types.each_row([&](const named_statement& row) {
    types_.try_emplace(
      row.number(0), std::make_shared<const content_type>(content_type{row.text(1), row.text(2)}));
  });
}

} // namespace ferry::persistence
