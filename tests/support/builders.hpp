// Short names for what tests build again and again. Decides nothing.

#pragma once

#include "ferry/message.hpp"
#include "ferry/queue/queue_effects.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace ferry::testing {

using namespace std::chrono_literals;

/// The instant `after` the start of virtual time, which lies long after the
/// epoch: to a queue the epoch means "at once".
[[nodiscard]] constexpr time_point at(duration after) {
  return time_point{std::chrono::hours{24 * 365 * 50}} + after;
}

/// A raw envelope that carries `text`.
[[nodiscard]] inline ferry::envelope envelope(std::string_view text) {
  return {payload{std::as_bytes(std::span{text})}, nullptr, nullptr, at(0s)};
}

/// A page of raw envelopes, one per text.
template <class... Texts>
[[nodiscard]] shared_page page_of(const Texts&... texts) {
  return std::make_shared<const message_page>(message_page{envelope(texts)...});
}

/// The text of message `sequence` in `run_of`: "a" for 1, "b" for 2, and so on.
[[nodiscard]] inline std::string letter(std::uint64_t sequence) {
  return std::string(1, static_cast<char>('a' + (sequence - 1) % 26));
}

/// `count` messages of one byte each, in a page of their own.
[[nodiscard]] inline message_run run_of(std::uint64_t first, std::uint64_t count,
                                        std::uint32_t deliveries = 0) {
  auto page = message_page{};
  for (auto sequence = first; sequence < first + count; ++sequence)
    page.push_back(envelope(letter(sequence)));
  return {std::make_shared<const message_page>(std::move(page)), 0, count, sequence_number{first},
          deliveries};
}

/// `count` messages whose payloads are on disk only.
[[nodiscard]] inline message_run disk_run(std::uint64_t first, std::uint64_t count,
                                          std::uint32_t deliveries = 0) {
  return {nullptr, 0, count, sequence_number{first}, deliveries};
}

/// A run of one message that carries `text`.
[[nodiscard]] inline message_run run_with(std::uint64_t sequence, std::string_view text) {
  return {page_of(text), 0, 1, sequence_number{sequence}, 0};
}

/// A dead letter of message `sequence`, as another queue hands it over.
[[nodiscard]] inline dead_message dead(std::uint64_t sequence) {
  return {sequence_number{sequence}, envelope(letter(sequence))};
}

} // namespace ferry::testing
