#include "ferry/queue/redrive.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>
#include <utility>

namespace ferry {

namespace {

constexpr auto redrives_header = "ferry-redrives";

// Headers that tell of the life which ended.
constexpr auto of_the_dead = std::array<std::string_view, 2>{"ferry-death-", "ferry-attempts"};

bool belongs_to_the_dead(std::string_view header) {
  return std::ranges::any_of(of_the_dead,
                             [&](auto prefix) { return header.starts_with(prefix); });
}

bool asks_about_death(const redrive_options& options) {
  return options.cause || !options.origin.empty() || !options.reason_contains.empty()
         || options.died_from != time_point{} || options.died_to != never;
}

bool matches(const redrive_options& options, const death& end) {
  return (!options.cause || *options.cause == end.cause)
         && (options.origin.empty() || options.origin == end.queue)
         && end.reason.find(options.reason_contains) != std::string::npos
         && end.at >= options.died_from && end.at < options.died_to;
}

bool can_be_moved(message_state state) {
  return state == message_state::ready || state == message_state::delayed;
}

} // namespace

redrive_verdict judge(const redrive_options& options, const browsed_message& item) {
  auto end = death_of(item.message);
  if (end ? !matches(options, *end) : asks_about_death(options))
    return redrive_verdict::skip;
  if (!can_be_moved(item.state))
    return redrive_verdict::in_use;
  if (options.max_redrives != 0 && redrives_of(item.message) >= options.max_redrives)
    return redrive_verdict::cycling;
  if (options.to.empty() && !end)
    return redrive_verdict::unknown_origin;
  return redrive_verdict::move;
}

error check(const std::string& from, const redrive_options& options) {
  if (options.to == from)
    return {errc::invalid_argument, "queue \"" + from
                                      + "\" cannot be redriven into itself; name another queue in "
                                        "redrive_options::to, or none for the origins"};
  return {};
}

bool fits(const envelope& letter, const queue_config& from, const queue_config& to) {
  return letter.body.size() <= to.max_payload_bytes && to.durability >= from.durability;
}

envelope redriven(const envelope& letter) {
  auto headers = letter.headers ? *letter.headers : header_map{};
  std::erase_if(headers, [](const auto& header) { return belongs_to_the_dead(header.first); });
  headers[redrives_header] = std::to_string(redrives_of(letter) + 1);
  auto message = letter;
  message.headers = std::make_shared<const header_map>(std::move(headers));
  return message;
}

std::uint32_t redrives_of(const envelope& message) {
  auto count = std::uint32_t{0};
  if (!message.headers)
    return count;
  if (auto found = message.headers->find(redrives_header); found != message.headers->end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), count);
  return count;
}

} // namespace ferry
