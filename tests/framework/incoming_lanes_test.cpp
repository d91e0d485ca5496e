#include "ferry/link/incoming_lanes.hpp"

#include "support/allocation_meter.hpp"
#include "support/frames.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>
#include <vector>

namespace ferry::testing {
namespace {

constexpr auto huge = std::numeric_limits<std::uint32_t>::max();

struct incoming_lanes_fixture {
  incoming_lanes lanes{{100, 300}};
  std::vector<letter> out;
  std::size_t left = 0; // of the last bytes

  status read(const std::string& bytes) {
    auto rest = std::span{bytes};
    auto outcome = lanes.read(rest, out);
    left = rest.size();
    return outcome;
  }

  errc code(const std::string& bytes) {
    auto outcome = read(bytes);
    return outcome ? errc::none : outcome.why().code;
  }

  /// What arrived, as "lane=text".
  std::string arrived() {
    auto text = std::string{};
    for (const auto& item : out)
      text += (text.empty() ? "" : " ") + std::to_string(static_cast<std::uint32_t>(item.lane))
              + "=" + std::string{item.bytes.begin(), item.bytes.end()};
    out.clear();
    return text;
  }

  static std::string begun(std::uint32_t lane, std::size_t size) {
    return frame({static_cast<std::uint32_t>(size), lane_id{lane}, false}, std::string(size, 'x'));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(incoming_lanes_suite, incoming_lanes_fixture)

// -- letters ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(letters_arrive_in_the_order_in_which_they_end) {
  BOOST_TEST(read(framed(1, "a") + framed(2, "b") + framed(1, "c")).ok());
  BOOST_TEST(arrived() == "1=a 2=b 1=c");
}

BOOST_AUTO_TEST_CASE(parts_of_several_lanes_may_alternate) {
  BOOST_TEST(read(frame({1, lane_id{1}, false}, "a") + frame({1, lane_id{2}, false}, "x")
                  + framed(1, "b") + framed(2, "y"))
               .ok());
  BOOST_TEST(arrived() == "1=ab 2=xy");
}

BOOST_AUTO_TEST_CASE(a_letter_is_there_with_its_last_byte_and_not_before) {
  auto bytes = framed(1, "hello");
  for (auto i = std::size_t{0}; i < bytes.size(); ++i) {
    BOOST_TEST(arrived() == "");
    BOOST_TEST(read(bytes.substr(i, 1)).ok());
  }
  BOOST_TEST(arrived() == "1=hello");
}

BOOST_AUTO_TEST_CASE(an_empty_letter_is_there_with_its_header) {
  BOOST_TEST(read(framed(7, "")).ok());
  BOOST_TEST(arrived() == "7=");
}

BOOST_AUTO_TEST_CASE(an_empty_last_part_ends_a_letter) {
  BOOST_TEST(read(frame({1, lane_id{1}, false}, "a") + framed(1, "")).ok());
  BOOST_TEST(arrived() == "1=a");
}

BOOST_AUTO_TEST_CASE(no_bytes_are_no_error) {
  BOOST_TEST(read("").ok());
  BOOST_TEST(arrived() == "");
}

BOOST_AUTO_TEST_CASE(reading_stops_behind_a_word_of_the_link_and_not_before) {
  BOOST_TEST(read(framed(1, "a") + framed(0, "w") + framed(2, "b") + framed(0, "v")).ok());
  BOOST_TEST(arrived() == "1=a 0=w");
  BOOST_TEST(left == (framed(2, "b") + framed(0, "v")).size());
}

BOOST_AUTO_TEST_CASE(without_a_word_of_the_link_everything_is_read) {
  BOOST_TEST(read(framed(1, "a") + "123").ok());
  BOOST_TEST(left == 0u);
}

// -- limits -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_letter_may_have_as_many_bytes_as_the_limit_and_not_one_more) {
  BOOST_TEST(code(framed(1, std::string(100, 'x'))) == errc::none);
  BOOST_TEST(code(frame({101, lane_id{1}, true})) == errc::too_large);
}

BOOST_AUTO_TEST_CASE(the_limit_of_a_letter_counts_all_its_parts) {
  BOOST_TEST(code(begun(1, 60) + begun(1, 40)) == errc::none);
  BOOST_TEST(code(frame({1, lane_id{1}, true})) == errc::too_large);
}

BOOST_AUTO_TEST_CASE(a_letter_that_is_too_large_is_refused_by_its_header_with_the_limit) {
  auto outcome = read(frame({huge, lane_id{1}, true}));
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST(outcome.why().text
             == "a letter of more than 100 bytes was announced; the limit is "
                "link_config::letters");
}

// Each costs 64 bytes beside its own.
BOOST_AUTO_TEST_CASE(unfinished_letters_may_take_as_many_bytes_as_the_limit_and_not_one_more) {
  BOOST_TEST(code(begun(1, 86) + begun(2, 86)) == errc::none);
  BOOST_TEST(code(begun(2, 1)) == errc::too_large);
}

BOOST_AUTO_TEST_CASE(letters_that_are_begun_and_empty_count_as_well) {
  for (auto lane = 1u; lane <= 4; ++lane)
    BOOST_TEST(code(begun(lane, 0)) == errc::none);
  BOOST_TEST(code(begun(5, 0)) == errc::too_large);
}

BOOST_AUTO_TEST_CASE(letters_that_have_ended_make_room_for_others) {
  for (auto round = 0; round < 100; ++round)
    BOOST_TEST(code(begun(1, 80) + begun(2, 80) + framed(1, "") + framed(2, "")) == errc::none);
}

BOOST_AUTO_TEST_CASE(other_limits_hold_from_the_next_frame_on) {
  BOOST_TEST(code(begun(1, 100)) == errc::none);
  lanes.limit({101, 300});
  BOOST_TEST(code(begun(1, 1)) == errc::none);
  BOOST_TEST(code(begun(1, 1)) == errc::too_large);
}

BOOST_AUTO_TEST_CASE(memory_grows_with_what_arrives_and_not_with_what_is_announced) {
  lanes = incoming_lanes{};
  auto meter = allocation_meter{};
  BOOST_TEST(code(frame({80 << 20, lane_id{1}, true}, "a")) == errc::none);
  BOOST_TEST(meter.bytes() < 1000u);
}

// -- errors -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_no_link_writes_is_refused) {
  BOOST_TEST(code("GET / HTTP/1.1\r\n\r\n") == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(letters_before_the_error_arrive) {
  BOOST_TEST(code(framed(1, "a") + "123456789") == errc::invalid_argument);
  BOOST_TEST(arrived() == "1=a");
}

BOOST_AUTO_TEST_CASE(after_an_error_nothing_is_accepted) {
  BOOST_TEST(code("123456789") == errc::invalid_argument);
  BOOST_TEST(code(framed(1, "a")) == errc::invalid_argument);
  BOOST_TEST(code("") == errc::invalid_argument);
  BOOST_TEST(arrived() == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
