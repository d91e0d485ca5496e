#include "ferry/retry/death.hpp"

#include "ferry/retry/shortened.hpp"

#include <array>
#include <charconv>

namespace ferry {

namespace {

const auto queue_header = std::string{"ferry-death-queue"}; // a text, so that a look-up builds none
constexpr auto sequence_header = "ferry-death-sequence";
constexpr auto cause_header = "ferry-death-cause";
constexpr auto reason_header = "ferry-death-reason";
constexpr auto deliveries_header = "ferry-death-deliveries";
constexpr auto at_header = "ferry-death-at-ns";

std::string text_at(const header_map& headers, const char* name) {
  auto found = headers.find(name);
  return found == headers.end() ? std::string{} : found->second;
}

template <class Integer>
Integer number_at(const header_map& headers, const char* name) {
  auto text = text_at(headers, name);
  auto number = Integer{0};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

death_cause cause_at(const header_map& headers) {
  constexpr auto causes =
    std::array{death_cause::rejected, death_cause::exhausted, death_cause::undecodable,
               death_cause::expired, death_cause::overflow};
  auto text = text_at(headers, cause_header);
  for (auto cause : causes)
    if (to_string(cause) == text)
      return cause;
  return death_cause::rejected;
}

} // namespace

std::string_view to_string(death_cause cause) noexcept {
  switch (cause) {
  case death_cause::rejected: return "rejected";
  case death_cause::exhausted: return "exhausted";
  case death_cause::undecodable: return "undecodable";
  case death_cause::expired: return "expired";
  case death_cause::overflow: return "overflow";
  }
  return "unknown";
}

envelope dead_letter(const envelope& message, const death& end) {
  auto headers = message.headers ? *message.headers : header_map{};
  headers[queue_header] = end.queue;
  headers[sequence_header] = std::to_string(value_of(end.sequence));
  headers[cause_header] = to_string(end.cause);
  headers[reason_header] = shortened(end.reason, longest_reason);
  headers[deliveries_header] = std::to_string(end.deliveries);
  headers[at_header] = std::to_string(to_ns(end.at));
  auto letter = message;
  letter.headers = std::make_shared<const header_map>(std::move(headers));
  return letter;
}

bool is_dead(const envelope& message) {
  return message.headers && message.headers->contains(queue_header);
}

std::optional<death> death_of(const envelope& message) {
  if (!is_dead(message))
    return std::nullopt;
  const auto& headers = *message.headers;
  return death{text_at(headers, queue_header.c_str()),
               sequence_number{number_at<std::uint64_t>(headers, sequence_header)},
               cause_at(headers),
               text_at(headers, reason_header),
               number_at<std::uint32_t>(headers, deliveries_header),
               from_ns(number_at<std::int64_t>(headers, at_header))};
}

} // namespace ferry
