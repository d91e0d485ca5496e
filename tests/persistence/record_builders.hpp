// Short names for the records that tests commit again and again.

#pragma once

#include "support/builders.hpp"

namespace ferry::testing {

/// Messages of one byte each, as `stored` makes them.
[[nodiscard]] inline records::erase erased(std::uint64_t first, std::uint64_t count) {
  return {sequence_number{first}, count, count};
}

[[nodiscard]] inline records::reschedule rescheduled(std::uint64_t first, std::uint64_t count,
                                                     std::uint32_t deliveries,
                                                     std::int64_t due_ns) {
  return {sequence_number{first}, count, deliveries, from_ns(due_ns), {}};
}

/// Ready again at once, after a delivery that `line` tells of.
[[nodiscard]] inline records::reschedule failed(std::uint64_t first, std::uint64_t count,
                                                std::uint32_t deliveries, std::string line) {
  return {sequence_number{first}, count, deliveries, {}, std::move(line)};
}

[[nodiscard]] inline records::remember_session
remembered(std::uint64_t session, std::uint64_t up_to, std::int64_t used_ns = 0) {
  return {session_id{session}, publish_number{up_to}, from_ns(used_ns)};
}

[[nodiscard]] inline records::remember_id published(std::string id, std::int64_t at_ns) {
  return {id_kind::published, std::move(id), from_ns(at_ns)};
}

[[nodiscard]] inline records::remember_id handled(std::string id, std::int64_t at_ns) {
  return {id_kind::handled, std::move(id), from_ns(at_ns)};
}

[[nodiscard]] inline records::forget_id forgotten(id_kind kind, std::string id) {
  return {kind, std::move(id)};
}

[[nodiscard]] inline records::suspect suspected(std::uint64_t first, std::uint64_t count) {
  return {sequence_number{first}, count};
}

[[nodiscard]] inline records::clear_suspect cleared(std::uint64_t first, std::uint64_t count) {
  return {sequence_number{first}, count};
}

[[nodiscard]] inline records::take_over taken(queue_id origin, std::uint64_t first,
                                              std::uint64_t count) {
  return {origin, sequence_number{first}, count, count};
}

[[nodiscard]] inline records::store stored(std::uint64_t first, std::uint64_t count) {
  return {run_of(first, count)};
}

} // namespace ferry::testing
