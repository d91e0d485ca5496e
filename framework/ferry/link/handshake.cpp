#include "ferry/link/handshake.hpp"

#include "ferry/codec/codec.hpp"
#include "ferry/link/printable.hpp"

#include <cstddef>
#include <span>

namespace ferry {

namespace {

// Frozen: the byte before the map.
enum class word_kind : char { hello = 1, turned_away = 2, heartbeat = 3, farewell = 4 };

template <class Word>
letter written(word_kind kind, const Word& word) {
  auto out = letter{lane_id::none, {static_cast<char>(kind)}};
  auto body = codec<Word>::encode(word);
  if (!body) // only texts beyond 4 GiB cannot be written
    return out;
  auto bytes = body->bytes();
  auto* begin = reinterpret_cast<const char*>(bytes.data());
  out.bytes.insert(out.bytes.end(), begin, begin + bytes.size());
  return out;
}

letter written(const hello& word) {
  return written(word_kind::hello, word);
}

letter written(const turned_away& word) {
  return written(word_kind::turned_away, word);
}

letter written(const heartbeat&) {
  return {lane_id::none, {static_cast<char>(word_kind::heartbeat)}};
}

letter written(const farewell& word) {
  return written(word_kind::farewell, word);
}

void make_printable(hello& word) {
  word.node = printable_name(word.node);
}

void make_printable(turned_away& word) {
  word.text = printable(word.text);
}

void make_printable(farewell& word) {
  word.text = printable(word.text);
}

template <class Word>
result<link_word> read(std::span<const std::byte> body) {
  auto word = codec<Word>::decode(body);
  if (!word)
    return word.why();
  make_printable(*word);
  return link_word{std::move(*word)};
}

std::string quoted(const std::string& name) {
  return "\"" + printable_name(name) + "\"";
}

} // namespace

letter to_letter(const link_word& word) {
  return std::visit([](const auto& w) { return written(w); }, word);
}

result<link_word> word_from(const letter& item) {
  if (item.bytes.empty())
    return error{errc::undecodable, "the peer sent an empty word; is it a ferry node?"};
  auto body = std::as_bytes(std::span{item.bytes}).subspan(1);
  switch (word_kind{item.bytes.front()}) {
  case word_kind::hello: return read<hello>(body);
  case word_kind::turned_away: return read<turned_away>(body);
  case word_kind::farewell: return read<farewell>(body);
  case word_kind::heartbeat: break;
  }
  return link_word{heartbeat{}};
}

letter_limits limits_of(const hello& who) noexcept {
  auto limits = letter_limits{};
  if (who.letter_bytes > 0)
    limits.letter_bytes = who.letter_bytes;
  if (who.unfinished_bytes > 0)
    limits.unfinished_bytes = who.unfinished_bytes;
  return limits;
}

error objection(const hello& mine, const hello& theirs) {
  auto who = "node \"" + theirs.node + "\"";
  auto other = "node " + quoted(mine.node); // the words are told to both
  if (mine.cluster != theirs.cluster)
    return {errc::wrong_peer, who + " belongs to cluster " + quoted(theirs.cluster) + ", " + other
                                + " to " + quoted(mine.cluster)
                                + "; give serve_config and connect_config the same cluster"};
  if (mine.protocol != theirs.protocol)
    return {errc::wrong_peer, who + " speaks protocol " + std::to_string(theirs.protocol) + ", "
                                + other + " " + std::to_string(mine.protocol)
                                + "; run the same version of ferry on both"};
  if (mine.encoding != theirs.encoding)
    return {errc::wrong_peer, who + " writes letters as " + quoted(theirs.encoding) + ", " + other
                                + " as " + quoted(mine.encoding)
                                + "; build both with the same series of CAF"};
  if (mine.incarnation == theirs.incarnation)
    return {errc::wrong_peer, who + " is this node itself"};
  return {};
}

} // namespace ferry
