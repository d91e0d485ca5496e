// The first words of two nodes: who they are, and whether they can work together.
// They are MessagePack maps, so that versions that have nothing else in common still
// understand why they are refused.

#pragma once

#include "ferry/codec/describe.hpp"
#include "ferry/link/letter.hpp"
#include "ferry/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ferry {

/// What both sides send before the first frame, so that a stranger's bytes are
/// recognised at once. Its number is that of the framing.
inline constexpr auto link_preamble = std::string_view{"ferry/1\n"};

/// The version of what letters mean; another one is refused.
inline constexpr std::uint32_t protocol_version = 1;

/// One life of one node: random, because CAF's node ids repeat after a restart.
/// Rest    all zero: none
struct incarnation_id {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend bool operator==(const incarnation_id&, const incarnation_id&) = default;
};

FERRY_DESCRIBE(incarnation_id, high, low)

/// How a node introduces itself; both sides do. What it says is its own; `word_from`
/// makes what people will see of it printable.
struct hello {
  std::uint32_t protocol = protocol_version;
  std::string encoding; // how the bodies of letters are written, such as "caf-0.17"
  std::string cluster;  // nodes of different clusters refuse each other
  std::string node;     // for people
  incarnation_id incarnation;
  std::string token;                  // who the client is, where there is no certificate
  std::int64_t silence_ns = 0;        // after how much silence the sender cuts the link
  std::uint64_t letter_bytes = 0;     // the sender's `letter_limits`; 0: as they are without
  std::uint64_t unfinished_bytes = 0; // being told
};

FERRY_DESCRIBE(hello, protocol, encoding, cluster, node, incarnation, token, silence_ns,
               letter_bytes, unfinished_bytes)

/// What the node takes that introduces itself by `who`.
[[nodiscard]] letter_limits limits_of(const hello& who) noexcept;

/// Why the other side is not let in.
struct turned_away {
  std::uint8_t code = 0; // an errc
  std::string text;
};

FERRY_DESCRIBE(turned_away, code, text)

/// Keeps a silent link alive.
struct heartbeat {};

/// The sender closes the link on purpose.
struct farewell {
  std::uint8_t code = 0; // an errc
  std::string text;
};

FERRY_DESCRIBE(farewell, code, text)

/// What travels on a link's own lane.
using link_word = std::variant<hello, turned_away, heartbeat, farewell>;

[[nodiscard]] letter to_letter(const link_word& word);

/// Names of nodes and texts come out printable and short, whatever the peer wrote.
/// Errors   undecodable; what a later version says beside these words is skipped as
///          a heartbeat
[[nodiscard]] result<link_word> word_from(const letter& item);

/// Why `mine` and `theirs` cannot work together; `errc::none`: they can. Names both
/// sides' values.
[[nodiscard]] error objection(const hello& mine, const hello& theirs);

} // namespace ferry
