// Short names for the records that tests commit again and again.

#pragma once

#include "support/builders.hpp"

namespace ferry::testing {

[[nodiscard]] inline records::erase erased(std::uint64_t first, std::uint64_t count) {
  return {sequence_number{first}, count};
}

[[nodiscard]] inline records::reschedule rescheduled(std::uint64_t first, std::uint64_t count,
                                                     std::uint32_t deliveries,
                                                     std::int64_t due_ns) {
  return {sequence_number{first}, count, deliveries, from_ns(due_ns)};
}

[[nodiscard]] inline records::remember_session remembered(std::uint64_t session,
                                                          std::uint64_t up_to) {
  return {session_id{session}, publish_number{up_to}};
}

[[nodiscard]] inline records::take_over taken(queue_id origin, std::uint64_t first,
                                              std::uint64_t count) {
  return {origin, sequence_number{first}, count};
}

[[nodiscard]] inline records::store stored(std::uint64_t first, std::uint64_t count) {
  return {run_of(first, count)};
}

} // namespace ferry::testing
