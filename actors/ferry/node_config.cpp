#include "ferry/node_config.hpp"

#include <algorithm>
#include <initializer_list>

namespace ferry {

namespace {

constexpr auto longest_word = std::size_t{4096}; // three of them fit a stranger's letter

error check_word(const char* option, const std::string& word) {
  if (word.size() <= longest_word)
    return {};
  return {errc::invalid_argument, std::string{option} + " has " + std::to_string(word.size())
                                    + " characters; at most 4096 are sent"};
}

error first_of(std::initializer_list<error> checks) {
  auto bad = std::ranges::find_if(checks, [](const auto& e) { return e.code != errc::none; });
  return bad == checks.end() ? error{} : *bad;
}

} // namespace

error check(const link_config& config) {
  auto about = std::string{"link_config: "};
  if (config.pulse.beat < shortest_beat)
    return {errc::invalid_argument, about + "pulse.beat wants 10 ms or more"};
  if (config.pulse.silence <= 2 * config.pulse.beat)
    return {errc::invalid_argument, about + "pulse.silence wants more than twice pulse.beat"};
  if (config.handshake <= duration::zero())
    return {errc::invalid_argument, about + "handshake wants more than 0"};
  if (config.in_transport < outgoing_lanes::part_bytes)
    return {errc::invalid_argument, about + "in_transport wants 64 KiB or more"};
  if (config.letters.letter_bytes < least_letter_bytes)
    return {errc::invalid_argument, about + "letters.letter_bytes wants 2 MiB or more"};
  if (config.letters.letter_bytes > config.letters.unfinished_bytes / 2)
    return {errc::invalid_argument,
            about + "letters.unfinished_bytes wants at least twice letters.letter_bytes"};
  return {};
}

error check(const serve_config& config) {
  auto access = check(config.access);
  return first_of({check(config.link), access ? error{} : access.why(),
                   check_word("serve_config::cluster", config.cluster),
                   check_word("serve_config::node", config.node)});
}

error check(const connect_config& config) {
  return first_of({check(config.link), check_word("connect_config::token", config.token),
                   check_word("connect_config::cluster", config.cluster),
                   check_word("connect_config::node", config.node)});
}

} // namespace ferry
