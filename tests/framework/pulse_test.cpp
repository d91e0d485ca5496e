#include "ferry/link/pulse.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

struct pulse_fixture {
  pulse watch{at(0s), {2s, 10s}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pulse_suite, pulse_fixture)

BOOST_AUTO_TEST_CASE(a_beat_is_due_a_beat_after_the_last_bytes_and_not_before) {
  watch.sent(at(1s));
  BOOST_TEST(!watch.wants_beat(at(3s - 1ns)));
  BOOST_TEST(watch.wants_beat(at(3s)));
}

BOOST_AUTO_TEST_CASE(the_peer_is_silent_at_the_limit_and_not_before) {
  watch.received(at(1s));
  BOOST_TEST(!watch.is_silent(at(11s - 1ns)));
  BOOST_TEST(watch.is_silent(at(11s)));
}

BOOST_AUTO_TEST_CASE(who_was_held_up_listens_before_he_calls_the_peer_silent) {
  watch.looked(at(13s), at(12s + 500ms));
  BOOST_TEST(!watch.is_silent(at(13s + 500ms - 1ns)));
  BOOST_TEST(watch.is_silent(at(13s + 500ms)));
}

BOOST_AUTO_TEST_CASE(who_was_held_up_for_less_has_listened) {
  watch.looked(at(13s), at(12s + 500ms + 1ns));
  BOOST_TEST(watch.is_silent(at(13s)));
}

BOOST_AUTO_TEST_CASE(who_is_held_up_again_listens_once_until_the_peer_is_heard) {
  watch.looked(at(13s), at(2s));
  watch.looked(at(14s), at(13s));
  BOOST_TEST(watch.is_silent(at(14s)));
  watch.received(at(15s));
  watch.looked(at(30s), at(17s));
  BOOST_TEST(!watch.is_silent(at(30s)));
}

BOOST_AUTO_TEST_CASE(who_was_held_up_allows_no_more_than_the_silence_itself) {
  auto impatient = pulse{at(0s), {100ms, 300ms}};
  impatient.looked(at(600ms), at(300ms));
  BOOST_TEST(!impatient.is_silent(at(900ms - 1ns)));
  BOOST_TEST(impatient.is_silent(at(900ms)));
}

BOOST_AUTO_TEST_CASE(who_was_held_up_changes_nothing_about_a_peer_that_was_heard) {
  watch.received(at(9s));
  watch.looked(at(13s), at(2s));
  BOOST_TEST(!watch.is_silent(at(19s - 1ns)));
  BOOST_TEST(watch.is_silent(at(19s)));
}

BOOST_AUTO_TEST_CASE(it_begins_as_if_both_had_just_spoken) {
  BOOST_TEST(!watch.wants_beat(at(2s - 1ns)));
  BOOST_TEST(!watch.is_silent(at(10s - 1ns)));
}

BOOST_AUTO_TEST_CASE(it_wants_to_look_again_at_whichever_is_first) {
  BOOST_TEST(watch.next() == at(2s));
  watch.sent(at(9s));
  BOOST_TEST(watch.next() == at(10s));
}

BOOST_AUTO_TEST_CASE(a_shorter_silence_of_the_peer_makes_it_beat_three_times_within) {
  watch.suit(3s);
  BOOST_TEST((watch.config().beat == 1s));
}

BOOST_AUTO_TEST_CASE(a_longer_silence_of_the_peer_leaves_it_as_it_is) {
  watch.suit(6s);
  BOOST_TEST((watch.config().beat == 2s));
  watch.suit(1h);
  BOOST_TEST((watch.config().beat == 2s));
}

BOOST_AUTO_TEST_CASE(a_peer_that_says_nothing_about_silence_leaves_it_as_it_is) {
  for (auto silence : {0ns, -1ns, duration::min()})
    watch.suit(silence);
  BOOST_TEST((watch.config().beat == 2s));
}

BOOST_AUTO_TEST_CASE(no_peer_has_it_beat_more_often_than_every_10_ms) {
  watch.suit(30ms);
  BOOST_TEST((watch.config().beat == 10ms));
  watch.suit(1ns);
  BOOST_TEST((watch.config().beat == 10ms));
}

BOOST_AUTO_TEST_CASE(what_the_peer_wants_does_not_change_when_it_counts_as_silent) {
  watch.suit(1s);
  BOOST_TEST((watch.config().silence == 10s));
}

BOOST_AUTO_TEST_CASE(the_longest_limits_are_never_reached) {
  auto endless = pulse{at(0s), {duration::max(), duration::max()}};
  BOOST_TEST((endless.next() == never));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
