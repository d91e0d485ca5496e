#include "ferry/node_config.hpp"

namespace ferry {

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

} // namespace ferry
