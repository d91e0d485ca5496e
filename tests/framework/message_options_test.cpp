#include "ferry/message_options.hpp"

#include "support/builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

ferry::envelope carried(message_options options) {
  auto message = envelope("tea");
  message.headers = headers_of(std::move(options));
  return message;
}

ferry::envelope with_header(const std::string& name, const std::string& text) {
  auto message = envelope("tea");
  message.headers = std::make_shared<const header_map>(header_map{{name, text}});
  return message;
}

bool allowed(const message_options& options) {
  return check(options).code == errc::none;
}

} // namespace

BOOST_AUTO_TEST_SUITE(message_options_suite)

BOOST_AUTO_TEST_CASE(a_message_without_options_has_no_headers_no_id_and_no_lease) {
  auto plain = carried({});
  BOOST_TEST(!plain.headers);
  BOOST_TEST(message_id_of(plain) == "");
  BOOST_TEST(!lease_of(plain).has_value());
}

BOOST_AUTO_TEST_CASE(id_lease_and_headers_arrive_as_they_were_given) {
  auto message = carried({.headers = {{"trace", "7"}}, .id = "order-17", .lease = 5min});
  BOOST_TEST(message_id_of(message) == "order-17");
  BOOST_TEST((lease_of(message) == std::optional<duration>{5min}));
  BOOST_TEST(message.headers->at("trace") == "7");
  BOOST_TEST(message.headers->size() == 3u);
}

BOOST_AUTO_TEST_CASE(headers_alone_are_neither_an_id_nor_a_lease) {
  auto message = carried({.headers = {{"trace", "7"}}});
  BOOST_TEST(message_id_of(message) == "");
  BOOST_TEST(!lease_of(message).has_value());
}

BOOST_AUTO_TEST_CASE(an_id_has_at_most_two_hundred_bytes) {
  BOOST_TEST(allowed({.id = "a"}));
  BOOST_TEST(allowed({.id = std::string(200, 'a')}));
  BOOST_TEST(!allowed({.id = std::string(201, 'a')}));
}

BOOST_AUTO_TEST_CASE(a_lease_lasts_one_millisecond_to_thirty_days) {
  BOOST_TEST(allowed({.lease = 1ms}));
  BOOST_TEST(!allowed({.lease = 1ms - 1ns}));
  BOOST_TEST(allowed({.lease = 720h}));
  BOOST_TEST(!allowed({.lease = 720h + 1ns}));
}

BOOST_AUTO_TEST_CASE(names_that_begin_with_ferry_and_a_dash_are_refused) {
  BOOST_TEST(!allowed({.headers = {{"ferry-", ""}}}));
  BOOST_TEST(!allowed({.headers = {{"ferry-id", "7"}}}));
  BOOST_TEST(allowed({.headers = {{"ferry", "7"}, {"Ferry-id", "7"}, {"my-ferry-id", "7"}}}));
}

BOOST_AUTO_TEST_CASE(all_bad_options_are_named_at_once) {
  auto bad = check({.headers = {{"ferry-id", "7"}}, .id = std::string(201, 'a'), .lease = 0s});
  BOOST_TEST(bad.code == errc::invalid_argument);
  BOOST_TEST(bad.text
             == "message_options: header \"ferry-id\" begins with \"ferry-\", which is ferry's; "
                "rename it; id has 201 bytes, allowed is 1 to 200; "
                "lease is 0 ns, allowed is 1 ms to 30 days");
}

BOOST_AUTO_TEST_CASE(a_lease_that_cannot_be_read_is_none) {
  for (const auto* text : {"", "soon", "5m", "-1", "999999", "99999999999999999999"})
    BOOST_TEST(!lease_of(with_header("ferry-lease-ns", text)).has_value(), text);
  BOOST_TEST(lease_of(with_header("ferry-lease-ns", "1000000")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
