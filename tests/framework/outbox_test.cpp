#include "ferry/producer/outbox.hpp"

#include "ferry/queue/deduplication_window.hpp"
#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <deque>
#include <set>

namespace ferry::testing {
namespace {

// Without the jitter the first wait is 100 ms: `random` 0.5 spreads by nothing.
constexpr auto middle = 0.5;

struct outbox_fixture {
  outbox box{session_id{7}};

  std::optional<outbox_batch> add(std::uint64_t first, std::uint64_t count = 1) {
    return add_at(0s, first, count);
  }

  std::optional<outbox_batch> add_at(duration when, std::uint64_t first, std::uint64_t count = 1) {
    return box.add(at(when), {publish_number{first}, run_of(first, count).page});
  }

  void give_up_after(duration limit) {
    box = outbox{session_id{7}, {10s, limit}};
  }

  // The first numbers of the batches, in the order in which they are to be sent.
  [[nodiscard]] static list numbers(const std::vector<outbox_batch>& batches) {
    auto found = list{};
    for (const auto& batch : batches)
      found.add(value_of(batch.first), 1);
    return found;
  }
};

/// An outbox and a queue's window, with a link between them that loses requests and
/// answers but keeps their order.
struct lossy_link {
  outbox box{session_id{7}, {10s, 1s}};
  deduplication_window window{10, 1h};
  std::deque<outbox_batch> requests;
  std::vector<std::uint64_t> stored;
  publish_number last{};
  publish_number settled{};
  std::set<std::uint64_t> given_up;
  time_point now = at(0s);

  void add(std::uint64_t count) {
    auto page = run_of(value_of(last) + 1, count).page;
    if (auto batch = box.add(now, {advanced(last, 1), page}))
      requests.push_back(*batch);
    last = advanced(last, count);
  }

  void pass(duration time) {
    now += time;
    if (auto up_to = box.give_up(now)) {
      for (auto n = value_of(settled) + 1; n <= value_of(*up_to); ++n)
        given_up.insert(n);
      settled = std::max(settled, *up_to);
    }
    for (auto& batch : box.take_due(now))
      requests.push_back(std::move(batch));
  }

  void answer_next(bool request_arrives, bool answer_arrives, std::uint64_t room) {
    if (requests.empty())
      return;
    auto batch = requests.front();
    requests.pop_front();
    auto taken = request_arrives ? take(batch, room) : 0;
    if (taken == 0 || !answer_arrives)
      return (void)box.fail(now, batch.round, middle);
    auto up_to = advanced(batch.first, taken - 1);
    box.confirm(up_to);
    settled = std::max(settled, up_to);
    if (taken < batch.page->size())
      (void)box.fail(now, batch.round, middle);
  }

  // What queue_core does with a request that it has room for so many messages of;
  // answers how many of the page it has then, 0 for a gap.
  std::uint64_t take(const outbox_batch& batch, std::uint64_t room) {
    auto count = batch.page->size();
    auto verdict = window.judge(box.session(), batch.oldest, batch.first, count);
    if (verdict.missing_from != publish_number::none)
      return 0;
    auto end = std::min<std::uint64_t>(count, verdict.duplicates + room);
    for (auto i = verdict.duplicates; i < end; ++i)
      stored.push_back(value_of(batch.first) + i);
    if (verdict.duplicates < end)
      (void)window.remember(now, box.session(), advanced(batch.first, end - 1));
    return end;
  }

  [[nodiscard]] bool is_in_order_and_once() const {
    return std::ranges::adjacent_find(stored, std::greater_equal<>{}) == stored.end();
  }

  [[nodiscard]] bool lost_nothing() const {
    for (auto n = std::uint64_t{1}; n <= value_of(settled); ++n)
      if (!given_up.contains(n) && !std::ranges::binary_search(stored, n))
        return false;
    return true;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(outbox_suite, outbox_fixture)

BOOST_AUTO_TEST_CASE(a_page_goes_out_at_once_while_all_is_well) {
  auto batch = add(1, 3);
  BOOST_REQUIRE(batch.has_value());
  BOOST_TEST(batch->first == publish_number{1});
  BOOST_TEST(batch->page->size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_batch_names_the_oldest_unconfirmed_publish) {
  (void)add(1, 3);
  BOOST_TEST(add(4)->oldest == publish_number{1});
  box.confirm(publish_number{3});
  BOOST_TEST(add(5)->oldest == publish_number{4});
}

// The queue refuses again what is refused, for as long as `oldest` is not behind it.
BOOST_AUTO_TEST_CASE(what_is_left_of_a_page_is_sent_again_without_what_was_confirmed) {
  auto whole = add(1, 3);
  box.confirm(publish_number{2});
  BOOST_TEST(box.fail(at(0s), whole->round, middle));
  auto again = box.cut_wait(at(0s));
  BOOST_REQUIRE(again.size() == 1u);
  BOOST_TEST(again.front().first == publish_number{3});
  BOOST_TEST(again.front().oldest == publish_number{3});
  BOOST_TEST(again.front().page->size() == 1u);
  BOOST_TEST(text_of(again.front().page->front()) == letter(3));
  BOOST_TEST(again.front().is_resend);
  BOOST_TEST(add(4)->oldest == publish_number{3});
}

BOOST_AUTO_TEST_CASE(a_page_is_kept_until_its_last_message_is_confirmed) {
  (void)add(1, 3);
  box.confirm(publish_number{2});
  BOOST_TEST(!box.empty());
  box.confirm(publish_number{3});
  BOOST_TEST(box.empty());
}

BOOST_AUTO_TEST_CASE(after_a_failure_everything_waits_and_then_goes_out_again_in_order) {
  (void)add(1);
  (void)add(2);
  box.fail(at(0s), 0, middle);
  BOOST_TEST(!add(3).has_value());
  BOOST_TEST(numbers(box.take_due(at(100ms - 1ns))) == list{});
  BOOST_TEST(numbers(box.take_due(at(100ms))) == (list{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(a_wait_that_is_cut_short_sends_everything_at_once) {
  (void)add(1);
  box.fail(at(0s), 0, middle);
  (void)add(2);
  BOOST_TEST(numbers(box.cut_wait(at(1ms))) == (list{1, 2}));
  BOOST_TEST(!box.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(where_nothing_waits_there_is_no_wait_to_cut_short) {
  (void)add(1);
  BOOST_TEST(box.cut_wait(at(1ms)).empty());
}

BOOST_AUTO_TEST_CASE(what_was_confirmed_during_the_wait_is_not_sent_again) {
  (void)add(1);
  (void)add(2);
  box.fail(at(0s), 0, middle);
  box.confirm(publish_number{1});
  BOOST_TEST(numbers(box.take_due(at(1s))) == list{2});
}

BOOST_AUTO_TEST_CASE(a_failure_of_an_earlier_round_does_not_start_another_wait) {
  (void)add(1);
  box.fail(at(0s), 0, middle);
  auto again = box.take_due(at(1s));
  box.fail(at(2s), 0, middle);
  BOOST_TEST(!box.next_due().has_value());
  box.fail(at(2s), again.front().round, middle);
  BOOST_TEST(box.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(what_a_batch_left_over_goes_at_once_in_order) {
  auto first = add(1, 2);
  (void)add(3);
  box.confirm(publish_number{1});
  BOOST_TEST(numbers(box.send_rest(at(0s), first->round)) == (list{2, 3}));
  BOOST_TEST(!box.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(what_was_sent_again_meanwhile_is_not_sent_for_an_earlier_answer) {
  auto first = add(1, 2);
  box.fail(at(0s), 0, middle);
  auto again = box.take_due(at(1s));
  box.fail(at(1s), again.front().round, middle);
  BOOST_TEST(box.send_rest(at(1s), first->round).empty());
  BOOST_TEST(box.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(a_second_failure_while_waiting_does_not_move_the_wait) {
  (void)add(1);
  box.fail(at(0s), 0, middle);
  box.fail(at(50ms), 0, middle);
  BOOST_TEST(box.next_due() == std::optional{at(100ms)});
}

BOOST_AUTO_TEST_CASE(the_wait_doubles_with_each_failure_up_to_thirty_seconds) {
  (void)add(1);
  auto waits = std::vector<duration>{};
  for (auto round = std::uint64_t{0}; round < 10; ++round) {
    box.fail(at(0s), round, middle);
    waits.push_back(*box.next_due() - at(0s));
    (void)box.take_due(never);
  }
  BOOST_TEST((waits[0] == 100ms && waits[1] == 200ms && waits[2] == 400ms));
  BOOST_TEST((waits[8] == 25600ms && waits[9] == 30s));
}

BOOST_AUTO_TEST_CASE(progress_starts_the_wait_anew) {
  (void)add(1);
  (void)add(2);
  box.fail(at(0s), 0, middle);
  (void)box.take_due(at(1s));
  box.fail(at(1s), 1, middle);
  (void)box.take_due(at(2s));
  box.confirm(publish_number{1});
  box.fail(at(2s), 2, middle);
  BOOST_TEST(box.next_due() == std::optional{at(2s + 100ms)});
}

BOOST_AUTO_TEST_CASE(a_failure_of_what_was_confirmed_meanwhile_is_no_failure) {
  (void)add(1);
  box.confirm(publish_number{1});
  box.fail(at(0s), 0, middle);
  BOOST_TEST(!box.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(there_is_nothing_to_wait_for_when_everything_is_confirmed) {
  (void)add(1);
  box.fail(at(0s), 0, middle);
  box.confirm(publish_number{1});
  BOOST_TEST(!box.next_due().has_value());
  BOOST_TEST(add(2).has_value());
}

// -- sending again ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_batch_says_whether_it_was_sent_before) {
  BOOST_TEST(!add(1)->is_resend);
  box.fail(at(0s), 0, middle);
  (void)add(2); // while everything waits
  auto again = box.take_due(at(100ms));
  BOOST_REQUIRE(again.size() == 2u);
  BOOST_TEST(again[0].is_resend);
  BOOST_TEST(!again[1].is_resend);
  BOOST_TEST(!add(3)->is_resend);
}

BOOST_AUTO_TEST_CASE(a_page_of_an_earlier_life_counts_as_sent_before) {
  auto batch = box.restore(at(0s), {publish_number{7}, run_of(7, 2).page});
  BOOST_REQUIRE(batch.has_value());
  BOOST_TEST(batch->is_resend);
  BOOST_TEST(batch->oldest == publish_number{7});
  BOOST_TEST(!add(9)->is_resend);
}

// -- gathering ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(everything_is_wanted_until_a_page_is_unconfirmed_and_then_full_pages_only) {
  BOOST_TEST((box.wants() == haste::everything));
  (void)add(1, 2);
  BOOST_TEST((box.wants() == haste::full_pages));
  box.confirm(publish_number{1});
  BOOST_TEST((box.wants() == haste::full_pages));
  box.confirm(publish_number{2});
  BOOST_TEST((box.wants() == haste::everything));
}

BOOST_AUTO_TEST_CASE(what_is_recorded_in_a_file_does_not_gather) {
  box = outbox{session_id{7}, {10s, {}, outbox_record::file}};
  (void)add(1);
  BOOST_TEST((box.wants() == haste::everything));
}

BOOST_AUTO_TEST_CASE(what_is_given_up_in_time_does_not_gather) {
  give_up_after(1s);
  (void)add(1);
  BOOST_TEST((box.wants() == haste::everything));
}

// -- whether it waits ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_failure_of_the_round_under_way_begins_a_wait_or_finds_it) {
  (void)add(1, 2);
  BOOST_TEST(box.fail(at(0s), 0, middle));
  BOOST_TEST(box.fail(at(1ms), 0, middle));
  BOOST_TEST(box.take_due(at(100ms)).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_failure_of_an_earlier_round_makes_nothing_wait) {
  (void)add(1, 2);
  (void)box.fail(at(0s), 0, middle);
  (void)box.take_due(at(100ms));
  BOOST_TEST(!box.fail(at(101ms), 0, middle));
}

BOOST_AUTO_TEST_CASE(a_failure_of_what_was_confirmed_meanwhile_makes_nothing_wait) {
  (void)add(1, 2);
  box.confirm(publish_number{2});
  BOOST_TEST(!box.fail(at(0s), 0, middle));
}

// -- overdue answers ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_answer_is_overdue_at_the_timeout_and_not_before) {
  (void)add_at(5s, 1);
  (void)add_at(6s, 2);
  BOOST_TEST(box.next_overdue() == std::optional{at(15s)});
  box.miss_answers(at(15s - 1ns), middle);
  BOOST_TEST(!box.next_due().has_value());
  box.miss_answers(at(15s), middle);
  BOOST_TEST(box.next_due() == std::optional{at(15s + 100ms)});
}

BOOST_AUTO_TEST_CASE(no_answer_is_awaited_before_a_page_was_sent_or_after_it_was_confirmed) {
  BOOST_TEST(!box.next_overdue().has_value());
  (void)add(1);
  box.fail(at(0s), 0, middle);
  BOOST_TEST(!box.next_overdue().has_value()); // everything waits
  (void)box.take_due(at(100ms));
  BOOST_TEST(box.next_overdue() == std::optional{at(10s + 100ms)});
  box.confirm(publish_number{1});
  BOOST_TEST(!box.next_overdue().has_value());
}

BOOST_AUTO_TEST_CASE(the_answer_to_a_younger_page_is_awaited_from_when_that_was_sent) {
  (void)add_at(0s, 1);
  (void)add_at(3s, 2);
  box.confirm(publish_number{1});
  BOOST_TEST(box.next_overdue() == std::optional{at(13s)});
}

// -- giving up ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_wait_starts_anew_when_only_part_of_a_page_was_taken) {
  (void)add(1, 4);
  for (auto round = std::uint64_t{0}; round < 3; ++round) {
    box.fail(at(0s), round, middle);
    (void)box.take_due(never);
  }
  box.confirm(publish_number{2});
  box.fail(at(0s), 3, middle);
  BOOST_TEST((box.next_due() == at(100ms)));
}

BOOST_AUTO_TEST_CASE(without_a_limit_nothing_is_given_up) {
  (void)add(1);
  BOOST_TEST(!box.next_give_up().has_value());
  BOOST_TEST(!box.give_up(never).has_value());
  BOOST_TEST(!box.empty());
}

BOOST_AUTO_TEST_CASE(a_page_is_given_up_at_the_limit_and_not_before) {
  give_up_after(1s);
  (void)add_at(5s, 1, 3);
  BOOST_TEST(box.next_give_up() == std::optional{at(6s)});
  BOOST_TEST(box.give_up(at(6s - 1ns)) == std::optional<publish_number>{});
  BOOST_TEST(box.give_up(at(6s)) == std::optional{publish_number{3}});
  BOOST_TEST(box.empty());
}

BOOST_AUTO_TEST_CASE(what_is_younger_than_the_limit_keeps_its_order_and_its_numbers) {
  give_up_after(1s);
  (void)add_at(0s, 1, 2);
  (void)add_at(1ns, 3);
  (void)add_at(2ns, 4);
  box.fail(at(2ns), 0, middle);
  BOOST_TEST(box.give_up(at(1s)) == std::optional{publish_number{2}});
  auto again = box.take_due(at(1s));
  BOOST_TEST(numbers(again) == (list{3, 4}));
  BOOST_TEST(again.front().oldest == publish_number{3});
  BOOST_TEST(again.back().oldest == publish_number{3});
}

BOOST_AUTO_TEST_CASE(what_was_confirmed_is_not_given_up) {
  give_up_after(1s);
  (void)add(1);
  box.confirm(publish_number{1});
  BOOST_TEST(!box.next_give_up().has_value());
  BOOST_TEST(!box.give_up(at(1s)).has_value());
}

BOOST_AUTO_TEST_CASE(giving_up_is_no_progress_and_the_wait_keeps_its_length) {
  give_up_after(1s);
  (void)add(1);
  box.fail(at(0s), 0, middle);
  (void)box.take_due(at(100ms));
  box.fail(at(100ms), 1, middle);
  (void)box.give_up(at(1s));
  BOOST_TEST(!box.next_due().has_value());
  BOOST_TEST(add_at(2s, 2).has_value());
  box.fail(at(2s), 1, middle);
  BOOST_TEST(box.next_due() == std::optional{at(2s + 400ms)});
}

BOOST_AUTO_TEST_CASE(whatever_is_lost_on_the_way_each_message_is_stored_once_in_order_or_given_up) {
  auto holds = rc::check("each message once, in order", [](const std::vector<std::uint8_t>& steps) {
    auto link = lossy_link{};
    for (auto step : steps)
      switch (step % 4) {
      case 0: link.add(1 + step / 64); break;
      case 1: link.pass(step * 2ms); break;
      default: link.answer_next(step & 8, step & 16, step / 64); break;
      }
    RC_ASSERT(link.is_in_order_and_once());
    RC_ASSERT(link.lost_nothing());
    for (auto i = 0; i < 100 && !link.box.empty(); ++i) { // everything arrives from here
      while (!link.requests.empty())
        link.answer_next(true, true, 2);
      link.pass(500ms);
    }
    RC_ASSERT(link.box.empty());
    RC_ASSERT(link.settled == link.last);
    RC_ASSERT(link.is_in_order_and_once());
    RC_ASSERT(link.lost_nothing());
  });
  BOOST_TEST(holds);
}

// -- jitter -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_jitter_spreads_the_wait_by_a_fifth_to_both_sides) {
  (void)add(1);
  box.fail(at(0s), 0, 0.0);
  BOOST_TEST(box.next_due() == std::optional{at(80ms)});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
