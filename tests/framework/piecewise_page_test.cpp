#include "ferry/queue/piecewise_page.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace ferry;
using namespace ferry::testing;

const auto too_large = error{errc::too_large, "too large"};

/// Messages of these sizes, from number `first` on.
publish_request request_of(const std::vector<std::size_t>& sizes, std::uint64_t first,
                           std::uint64_t oldest) {
  auto page = message_page{};
  for (auto size : sizes)
    page.push_back(ferry::testing::envelope(std::string(size, 'x')));
  return {session_id{7},
          publish_number{oldest},
          publish_number{first},
          std::make_shared<const message_page>(std::move(page)),
          false,
          true};
}

piecewise_page::judge at_most(std::size_t bytes) {
  return [bytes](const publish_request& request) {
    return request.page->payload_bytes(0, request.page->size()) <= bytes;
  };
}

std::uint64_t last_of(const publish_request& piece) {
  return value_of(piece.first) + piece.page->size() - 1;
}

/// A queue that takes everything, and what came.
struct taking_queue {
  void take_all(piecewise_page& page, std::size_t limit) {
    while (auto piece = page.next(at_most(limit), too_large)) {
      for (auto number = value_of(piece->first); number <= last_of(*piece); ++number)
        numbers.push_back(number);
      sizes.push_back(piece->page->size());
      page.answered(
        {session_id{7}, publish_number{last_of(*piece)}, durability_level::synced, {}, {}});
    }
  }

  std::vector<std::uint64_t> numbers;
  std::vector<std::size_t> sizes;
};

std::vector<std::uint64_t> refused_in(const publish_outcome& outcome) {
  auto numbers = std::vector<std::uint64_t>{};
  for (const auto& item : outcome.refused)
    numbers.push_back(value_of(item.number));
  return numbers;
}

using number_list = std::vector<std::uint64_t>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(piecewise_page_suite, taking_queue)

BOOST_AUTO_TEST_CASE(a_page_goes_in_halves_that_just_fit) {
  auto page = piecewise_page{request_of({10, 10, 10, 10}, 1, 1)};
  take_all(page, 20);
  BOOST_TEST((sizes == std::vector<std::size_t>{2, 2}));
  BOOST_TEST((numbers == number_list{1, 2, 3, 4}));
  BOOST_TEST((page.outcome().up_to == publish_number{4}));
  BOOST_TEST((page.outcome().level == durability_level::synced));
  BOOST_TEST(page.outcome().refused.empty());
}

BOOST_AUTO_TEST_CASE(a_byte_more_makes_them_smaller) {
  auto page = piecewise_page{request_of({10, 10, 10, 10}, 1, 1)};
  take_all(page, 19);
  BOOST_TEST((sizes == std::vector<std::size_t>{1, 1, 1, 1}));
}

BOOST_AUTO_TEST_CASE(a_message_that_fits_no_letter_is_refused_alone) {
  auto page = piecewise_page{request_of({10, 21, 10}, 5, 5)};
  take_all(page, 20);
  BOOST_TEST((refused_in(page.outcome()) == number_list{6}));
  BOOST_TEST((page.outcome().refused.front().why == too_large));
}

// The queue would take the page for a duplicate if its producer never heard of that.
BOOST_AUTO_TEST_CASE(what_follows_a_refused_message_is_sent_when_its_producer_has_heard_of_it) {
  auto page = piecewise_page{request_of({10, 21, 22, 10}, 5, 5)};
  take_all(page, 20);
  BOOST_TEST((numbers == number_list{5}));
  BOOST_TEST((refused_in(page.outcome()) == number_list{6, 7}));
  BOOST_TEST((page.outcome().up_to == publish_number{7}));
  BOOST_TEST((page.outcome().resend_from == publish_number{8}));
  BOOST_TEST(page.outcome().asks_for_more());
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_again_where_nothing_follows_the_refused_message) {
  auto page = piecewise_page{request_of({10, 21}, 5, 5)};
  take_all(page, 20);
  BOOST_TEST((page.outcome().up_to == publish_number{6}));
  BOOST_TEST((page.outcome().resend_from == publish_number::none));
}

// The queue would forget what it refused of the pieces before.
BOOST_AUTO_TEST_CASE(no_piece_says_that_its_producer_has_heard_of_those_before) {
  auto page = piecewise_page{request_of({10, 10}, 5, 4)};
  BOOST_REQUIRE(page.next(at_most(10), too_large).has_value());
  page.answered({session_id{7}, publish_number{5}, durability_level::synced, {}, {}});
  auto second = page.next(at_most(10), too_large);
  BOOST_REQUIRE(second.has_value());
  BOOST_TEST((second->first == publish_number{6}));
  BOOST_TEST((second->oldest == publish_number{4}));
}

BOOST_AUTO_TEST_CASE(a_refusal_waits_for_what_was_published_before) {
  auto page = piecewise_page{request_of({21, 10}, 5, 4)};
  take_all(page, 20);
  BOOST_TEST(numbers.empty());
  BOOST_TEST((page.outcome().session == session_id{7}));
  BOOST_TEST((page.outcome().resend_from == publish_number{5}));
  BOOST_TEST((page.outcome().up_to == publish_number::none));
  BOOST_TEST(page.outcome().refused.empty());
}

BOOST_AUTO_TEST_CASE(a_queue_that_takes_no_more_ends_it) {
  auto page = piecewise_page{request_of({10, 10}, 1, 1)};
  BOOST_REQUIRE(page.next(at_most(10), too_large).has_value());
  auto full = error{errc::queue_full, "full"};
  page.answered({session_id{7}, {}, durability_level::synced, {}, publish_number{1}, full});
  BOOST_TEST(!page.next(at_most(10), too_large).has_value());
  BOOST_TEST((page.outcome().resend_from == publish_number{1}));
  BOOST_TEST((page.outcome().held == full));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(piecewise_page_property_suite)

BOOST_AUTO_TEST_CASE(every_message_is_sent_once_in_order_or_refused) {
  BOOST_TEST(rc::check("a page in pieces, and what follows its refusals, is the whole page", [] {
    auto sizes = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 40)));
    auto limit = *rc::gen::inRange<std::size_t>(1, 60);
    auto queue = taking_queue{};
    auto heard_of = number_list{};
    auto ended = std::size_t{0};
    while (ended < sizes.size()) {
      auto rest = std::vector<std::size_t>(sizes.begin() + ended, sizes.end());
      auto page = piecewise_page{request_of(rest, 3 + ended, 3 + ended)};
      queue.take_all(page, limit);
      std::ranges::copy(refused_in(page.outcome()), std::back_inserter(heard_of));
      RC_ASSERT(value_of(page.outcome().up_to) >= 3 + ended);
      ended = value_of(page.outcome().up_to) - 2;
      RC_ASSERT(page.outcome().asks_for_more() == (ended < sizes.size()));
    }
    auto expected = number_list{};
    auto refused = number_list{};
    for (auto i = std::size_t{0}; i < sizes.size(); ++i)
      (sizes[i] <= limit ? expected : refused).push_back(3 + i);
    RC_ASSERT(queue.numbers == expected);
    RC_ASSERT(heard_of == refused);
  }));
}

BOOST_AUTO_TEST_SUITE_END()
