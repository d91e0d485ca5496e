// Whatever is sent, however the stream is cut, and whatever else happens to it: letters
// arrive complete and in order, garbage costs what it is long, and a link ends with a
// reason. RapidCheck invents the steps, and shortens them to the fewest that fail.

#include "ferry/link/incoming_lanes.hpp"
#include "ferry/link/outgoing_lanes.hpp"

#include "support/allocation_meter.hpp"
#include "support/frames.hpp"
#include "support/virtual_link.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace ferry::testing {
namespace {

using letters_of_lanes = std::map<lane_id, std::vector<std::vector<char>>>;

constexpr auto part = outgoing_lanes::part_bytes;

std::vector<char> text(std::size_t size, std::size_t seed) {
  auto bytes = std::vector<char>(size);
  for (auto i = std::size_t{0}; i < size; ++i)
    bytes[i] = static_cast<char>(seed * 31 + i * 7);
  return bytes;
}

rc::Gen<std::size_t> any_size() {
  return rc::gen::weightedOneOf<std::size_t>(
    {{8, rc::gen::inRange<std::size_t>(0, 40)},
     {2, rc::gen::inRange<std::size_t>(part - 20, part + 20)},
     {1, rc::gen::inRange<std::size_t>(0, 4 * part)}});
}

// -- lanes --------------------------------------------------------------------

struct lane_step {
  std::uint32_t lane = 0;
  std::size_t size = 0;
  std::size_t enough = 0; // how much is written afterwards

  friend std::ostream& operator<<(std::ostream& out, const lane_step& item) {
    return out << "lane " << item.lane << ", " << item.size << " B, then " << item.enough;
  }
};

rc::Gen<std::vector<lane_step>> any_lane_steps() {
  auto enough = rc::gen::weightedOneOf<std::size_t>(
    {{2, rc::gen::just(std::size_t{0})}, {2, rc::gen::inRange<std::size_t>(1, 3 * part)}});
  return rc::gen::container<std::vector<lane_step>>(rc::gen::build<lane_step>(
    rc::gen::set(&lane_step::lane, rc::gen::inRange(0u, 6u)),
    rc::gen::set(&lane_step::size, any_size()), rc::gen::set(&lane_step::enough, enough)));
}

/// Reads `stream` in pieces of `sizes` bytes, again and again.
letters_of_lanes read_in_pieces(std::span<const char> stream,
                                const std::vector<std::size_t>& sizes) {
  auto lanes = incoming_lanes{};
  auto letters = std::vector<ferry::letter>{};
  for (auto round = std::size_t{0}; !stream.empty(); ++round) {
    auto piece = stream.first(std::min(stream.size(), sizes[round % sizes.size()]));
    stream = stream.subspan(piece.size());
    while (!piece.empty())
      RC_ASSERT(lanes.read(piece, letters).ok());
  }
  auto sorted = letters_of_lanes{};
  for (auto& item : letters)
    sorted[item.lane].push_back(std::move(item.bytes));
  return sorted;
}

/// Between the moment in which a lane has something to write and its turn, no other lane
/// has more than one.
void nobody_is_delayed_by_more_than_a_part_per_lane(std::span<const char> stream,
                                                    const std::set<lane_id>& waiting) {
  auto behind = waiting;
  behind.erase(lane_id::none);
  auto written = std::map<lane_id, std::size_t>{};
  while (!stream.empty() && !behind.empty()) {
    auto header = *frame_header_from(stream.first<frame_header_bytes>());
    behind.erase(header.lane);
    written[header.lane] += frame_header_bytes + header.length;
    stream = stream.subspan(frame_header_bytes + header.length);
    for (auto lane : behind)
      for (const auto& [other, bytes] : written)
        RC_ASSERT(other == lane || other == lane_id::none || bytes <= part);
  }
  RC_ASSERT(behind.empty());
}

// -- links --------------------------------------------------------------------

enum class event : std::uint8_t {
  send,
  pass_time,
  stall,
  flow,
  fall_silent,
  speak,
  delay,
  pause,
  cut_small,
  close,
  cut_wire
};

struct happening {
  event what{};
  bool at_client = false;
  std::uint32_t lane = 1;
  std::size_t size = 0;
  std::uint32_t amount = 0;

  friend std::ostream& operator<<(std::ostream& out, const happening& item) {
    return out << static_cast<int>(item.what) << (item.at_client ? " client" : " server")
               << " lane " << item.lane << ", " << item.size << " B, " << item.amount;
  }
};

rc::Gen<std::vector<happening>> any_happenings() {
  using enum event;
  auto kind = rc::gen::weightedElement<event>({{30, send},
                                               {20, pass_time},
                                               {3, stall},
                                               {6, flow},
                                               {2, fall_silent},
                                               {6, speak},
                                               {3, delay},
                                               {3, pause},
                                               {4, cut_small},
                                               {1, close},
                                               {1, cut_wire}});
  auto one = rc::gen::build<happening>(rc::gen::set(&happening::what, kind),
                                       rc::gen::set(&happening::at_client),
                                       rc::gen::set(&happening::lane, rc::gen::inRange(1u, 5u)),
                                       rc::gen::set(&happening::size, any_size()),
                                       rc::gen::set(&happening::amount, rc::gen::inRange(0u, 60u)));
  return rc::gen::scale(3.0, rc::gen::container<std::vector<happening>>(one));
}

void play(virtual_link& link, const happening& item) {
  auto& side = item.at_client ? link.client : link.server;
  auto some_pieces = std::array<std::size_t, 4>{200, 5'000, 65'536, 1 << 20};
  auto some_waits = std::array<duration, 4>{1ns, 3ms, 400ms, 3s};
  switch (item.what) {
  case event::send: link.send(side, item.lane, text(item.size, item.amount)); break;
  case event::pass_time: link.pass(some_waits[item.amount % 4] * item.size % 4s); break;
  case event::stall: link.stall(side); break;
  case event::flow: link.stall(side, false); break;
  case event::fall_silent: link.silence(side); break;
  case event::speak: link.silence(side, false); break;
  case event::delay: side.wire.delay = 20ms * item.amount; break;
  case event::pause: side.wire.pause = 10us * item.amount; break;
  case event::cut_small: side.wire.piece_bytes = some_pieces[item.amount % 4]; break;
  case event::close: link.close(side, {errc::closed, "enough"}); break;
  case event::cut_wire: link.cut_wire(); break;
  }
}

/// The network does what it should, for longer than every limit.
void calm(virtual_link& link) {
  for (auto* side : link.both()) {
    link.stall(*side, false);
    link.silence(*side, false);
    side->wire.delay = 1ms;
    side->wire.pause = 0s;
  }
  link.pass(1min);
}

bool is_prefix(const letters_of_lanes& some, const letters_of_lanes& all) {
  return std::ranges::all_of(some, [&](const auto& lane) {
    auto found = all.find(lane.first);
    return found != all.end() && lane.second.size() <= found->second.size()
           && std::equal(lane.second.begin(), lane.second.end(), found->second.begin());
  });
}

void letters_are_a_prefix_of_what_was_sent(virtual_link& link) {
  RC_ASSERT(is_prefix(link.server.arrived, link.client.sent));
  RC_ASSERT(is_prefix(link.client.arrived, link.server.sent));
}

void both_are_open_or_cut_with_a_reason(virtual_link& link) {
  for (auto* side : link.both()) {
    RC_ASSERT(side->why.has_value() == side->core.is_over());
    RC_ASSERT(side->why.has_value() == link.other(*side).why.has_value());
    if (side->why) {
      RC_ASSERT(side->why->code != errc::none);
      RC_ASSERT(!side->why->text.empty());
    } else {
      RC_ASSERT(side->core.is_open());
      RC_ASSERT(link.other(*side).arrived == side->sent);
    }
  }
}

void the_stream_never_holds_a_part_more_than_its_limit(virtual_link& link) {
  for (auto* side : link.both())
    RC_ASSERT(side->most_with_stream < side->config.in_transport + part);
}

void nobody_wakes_more_often_than_it_beats(virtual_link& link) {
  for (auto* side : link.both()) {
    auto before = side->wishes;
    link.pass(20s);
    RC_ASSERT(side->wishes - before <= (side->why ? 0u : 20s / side->config.pulse.beat + 1));
  }
}

void after_the_cut_nothing_is_wanted(virtual_link& link) {
  for (auto* side : link.both())
    if (side->why)
      link.misuse(*side);
  RC_ASSERT(link.faults == std::vector<std::string>{});
}

} // namespace

BOOST_AUTO_TEST_SUITE(link_property_suite)

BOOST_AUTO_TEST_CASE(letters_arrive_complete_and_in_the_order_of_their_lane_however_they_are_cut) {
  BOOST_TEST(rc::check("what was sent arrives", [] {
    auto out = outgoing_lanes{};
    auto sent = letters_of_lanes{};
    auto stream = std::vector<char>{};
    for (const auto& item : *any_lane_steps()) {
      auto bytes = text(item.size, sent[lane_id{item.lane}].size());
      sent[lane_id{item.lane}].push_back(bytes);
      out.add({lane_id{item.lane}, std::move(bytes)});
      out.write(stream, stream.size() + item.enough);
    }
    out.write(stream, std::size_t(-1));
    RC_ASSERT(out.empty() && out.weight() == 0u);
    auto sizes = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 20'000)));
    RC_ASSERT(read_in_pieces(stream, sizes) == sent);
  }));
}

BOOST_AUTO_TEST_CASE(a_long_letter_delays_another_lane_by_at_most_one_part_per_lane) {
  BOOST_TEST(rc::check("every lane has its turn", [] {
    auto out = outgoing_lanes{};
    auto ignored = std::vector<char>{};
    for (const auto& item : *any_lane_steps()) {
      out.add({lane_id{item.lane}, text(item.size, 0)});
      ignored.clear();
      out.write(ignored, item.enough);
    }
    auto stream = std::vector<char>{};
    out.write(stream, std::size_t(-1));
    auto lanes = std::set<lane_id>{};
    for (auto left = std::span<const char>{stream}; !left.empty();) {
      auto header = *frame_header_from(left.first<frame_header_bytes>());
      lanes.insert(header.lane);
      left = left.subspan(frame_header_bytes + header.length);
    }
    nobody_is_delayed_by_more_than_a_part_per_lane(stream, lanes);
  }));
}

BOOST_AUTO_TEST_CASE(garbage_costs_what_it_is_long_and_after_an_error_nothing_is_accepted) {
  constexpr auto limits = letter_limits{1000, 3000};
  BOOST_TEST(rc::check("garbage is harmless", [=] {
    auto header = rc::gen::map(
      rc::gen::tuple(rc::gen::element<std::uint32_t>(0, 1, 7, 900, 1000, 1001, 1u << 31, ~0u),
                     rc::gen::inRange(0u, 60u), rc::gen::arbitrary<bool>()),
      [](const auto& some) {
        auto [length, lane, ends] = some;
        return frame({length, lane_id{lane}, ends}, std::string(length > 1000 ? 3 : length, 'x'));
      });
    auto noise = rc::gen::arbitrary<std::string>();
    auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::weightedOneOf<std::string>({{6, header}, {1, noise}}));
    auto lanes = incoming_lanes{limits};
    auto letters = std::vector<ferry::letter>{};
    auto arrived = std::size_t{0};
    auto is_broken = false;
    for (const auto& bytes : pieces) {
      auto rest = std::span<const char>{bytes};
      auto before = letters.size();
      auto meter = allocation_meter{};
      auto outcome = success();
      while (outcome && !rest.empty())
        outcome = lanes.read(rest, letters);
      arrived += bytes.size();
      RC_ASSERT(meter.bytes() <= 20 * arrived + 1000); // with what letters and texts cost
      RC_ASSERT(!is_broken || bytes.empty() || (!outcome && letters.size() == before));
      is_broken = is_broken || !outcome;
    }
    for (const auto& item : letters)
      RC_ASSERT(item.bytes.size() <= limits.letter_bytes);
  }));
}

BOOST_AUTO_TEST_CASE(whatever_a_stranger_says_it_is_let_in_by_nobody_or_refused_with_a_reason) {
  BOOST_TEST(rc::check("nonsense opens no link", [] {
    auto link = virtual_link{};
    link.lets_in = false;
    link.start();
    auto any_word =
      rc::gen::map(rc::gen::pair(rc::gen::inRange<char>(0, 6), rc::gen::arbitrary<std::string>()),
                   [](const auto& word) { return framed(0, word.first + word.second); });
    auto bytes = std::string{link_preamble};
    for (const auto& word : *rc::gen::container<std::vector<std::string>>(any_word))
      bytes += word;
    for (auto* side : link.both())
      side->wire.under_way.push_front({link.now, bytes});
    link.pass(1min);
    for (auto* side : link.both()) {
      RC_ASSERT(side->why.has_value() && !side->peer);
      RC_ASSERT(side->why->code != errc::none);
      RC_ASSERT(side->arrived.empty());
    }
    RC_ASSERT(link.faults.empty());
  }));
}

BOOST_AUTO_TEST_CASE(a_link_keeps_its_promises_whatever_the_network_does) {
  BOOST_TEST(rc::check("a link keeps its promises", [] {
    auto config = link_config{};
    config.in_transport = *rc::gen::element<std::size_t>(1, 1000, 100'000, 512 << 10);
    auto link = virtual_link{config};
    link.start();
    if (*rc::gen::inRange(0, 4) > 0) // else it all happens to the introduction
      link.pass(10ms);
    for (const auto& item : *any_happenings()) {
      play(link, item);
      letters_are_a_prefix_of_what_was_sent(link);
    }
    calm(link);
    letters_are_a_prefix_of_what_was_sent(link);
    both_are_open_or_cut_with_a_reason(link);
    the_stream_never_holds_a_part_more_than_its_limit(link);
    nobody_wakes_more_often_than_it_beats(link);
    after_the_cut_nothing_is_wanted(link);
  }));
}

BOOST_AUTO_TEST_CASE(a_silent_peer_is_cut_exactly_at_the_limit_whatever_happened_before) {
  BOOST_TEST(rc::check("silence ends at its limit", [] {
    auto config = link_config{};
    config.pulse.beat = 1ms * *rc::gen::inRange(10, 3000);
    config.pulse.silence = 2 * config.pulse.beat + 1ns * *rc::gen::inRange(1, 2'000'000'000);
    auto link = virtual_link{config};
    link.open();
    for (auto wait : *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 900))) {
      link.send(link.client, 1, text(10, 1));
      link.pass(1ms * wait);
    }
    RC_ASSERT(!link.server.why && !link.client.why);
    link.send(link.client, 1, text(10, 1));
    link.pass(link.client.wire.delay); // the last that is heard
    link.silence(link.client);
    link.pass(config.pulse.silence - 1ns);
    RC_ASSERT(!link.server.why.has_value());
    link.pass(1ns);
    RC_ASSERT(link.server.why.has_value());
    RC_ASSERT(link.server.why->code == errc::disconnected);
  }));
}

BOOST_AUTO_TEST_CASE(a_link_with_heartbeats_only_lives_for_ever_whatever_each_side_expects) {
  BOOST_TEST(rc::check("heartbeats suffice", [] {
    auto any_pulse = [] {
      auto beat = 1ms * *rc::gen::inRange(10, 5000);
      return pulse_config{beat, 2 * beat + 1ms * *rc::gen::inRange(10, 9000)};
    };
    auto of_client = link_config{};
    auto of_server = link_config{};
    of_client.pulse = any_pulse();
    of_server.pulse = any_pulse();
    auto link = virtual_link{of_client, hello_of("alice", 1, of_client.pulse), of_server,
                             hello_of("bob", 2, of_server.pulse)};
    link.open();
    link.pass(1min * *rc::gen::inRange(1, 10));
    RC_ASSERT(link.client.core.is_open() && link.server.core.is_open());
    RC_ASSERT(link.faults.empty());
  }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
