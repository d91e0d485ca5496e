#include "ferry/queue/pages_under_way.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace ferry;
using namespace ferry::testing;

publish_request request(std::uint64_t session, std::uint64_t first) {
  return {session_id{session}, publish_number{1}, publish_number{first}, page_of("a", "b")};
}

publish_request again(publish_request request) {
  request.is_resend = true;
  return request;
}

struct pages_under_way_fixture {
  page_id add(const publish_request& request, const std::string& asker) {
    return pages.add({request, asker});
  }

  /// Who asked for `request` before `asker`; empty: it is to be sent.
  std::string asked_before(const publish_request& request, const std::string& asker) {
    return pages.pass_on(request, asker).value_or("");
  }

  pages_under_way<std::string> pages;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pages_under_way_suite, pages_under_way_fixture)

BOOST_AUTO_TEST_CASE(a_page_is_answered_to_who_asked) {
  auto page = pages.take(add(request(7, 3), "alice"));
  BOOST_TEST(page.asker == "alice");
  BOOST_TEST((page.session == session_id{7}));
  BOOST_TEST((page.first == publish_number{3}));
}

BOOST_AUTO_TEST_CASE(pages_are_answered_in_any_order) {
  auto first = add(request(7, 1), "alice");
  auto second = add(request(8, 1), "bob");
  BOOST_TEST(pages.take(second).asker == "bob");
  BOOST_TEST(pages.take(first).asker == "alice");
}

BOOST_AUTO_TEST_CASE(a_page_that_is_sent_again_while_it_is_under_way_belongs_to_who_asked_last) {
  auto page = add(request(7, 1), "alice");
  BOOST_TEST(asked_before(again(request(7, 1)), "alice again") == "alice");
  BOOST_TEST(asked_before(again(request(7, 1)), "and again") == "alice again");
  BOOST_TEST(pages.take(page).asker == "and again");
}

BOOST_AUTO_TEST_CASE(a_page_that_was_answered_is_sent_again) {
  (void)pages.take(add(request(7, 1), "alice"));
  BOOST_TEST(asked_before(again(request(7, 1)), "alice again") == "");
}

// Its producer added to it: it is not what is under way.
BOOST_AUTO_TEST_CASE(a_page_that_is_no_resend_is_sent) {
  (void)add(request(7, 1), "alice");
  BOOST_TEST(asked_before(request(7, 1), "alice again") == "");
}

BOOST_AUTO_TEST_CASE(a_page_of_another_session_or_another_number_is_sent) {
  auto page = add(request(7, 1), "alice");
  BOOST_TEST(asked_before(again(request(8, 1)), "bob") == "");
  BOOST_TEST(asked_before(again(request(7, 2)), "alice again") == "");
  BOOST_TEST(pages.take(page).asker == "alice");
}

BOOST_AUTO_TEST_CASE(what_is_left_of_a_page_is_under_way_by_another_name) {
  auto all = [](const publish_request&) { return true; };
  auto page = add(request(7, 1), "alice");
  auto rest = pages.take(page);
  BOOST_TEST(rest.pieces.next(all, {}).has_value());
  auto next = pages.add(std::move(rest));
  BOOST_TEST((next != page));
  BOOST_TEST(!pages.take(next).pieces.next(all, {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
