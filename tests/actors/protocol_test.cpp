#include "ferry/actors/protocol.hpp"

#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

using namespace ferry;
using namespace ferry::testing;

namespace {

#if FERRY_CAF_LEGACY
using wire_bytes = std::vector<char>;
#else
using wire_bytes = caf::byte_buffer;
#endif

[[maybe_unused]] bool succeeded(bool outcome) {
  return outcome;
}

[[maybe_unused]] bool succeeded(const caf::error& why) {
  return !why;
}

/// Sends values over a wire that is a byte buffer.
struct protocol_fixture : virtual_system {
  template <class Message>
  wire_bytes write(Message& message) {
    auto bytes = wire_bytes{};
    auto sink = caf::binary_serializer{system(), bytes};
    BOOST_REQUIRE(succeeded(compat::plain(sink, message)));
    return bytes;
  }

  template <class Message>
  bool read(const wire_bytes& bytes, Message& message) {
    auto source = caf::binary_deserializer{system(), bytes};
    return succeeded(compat::plain(source, message));
  }

  template <class Message>
  Message over_the_wire(Message sent) {
    auto received = Message{};
    BOOST_REQUIRE(read(write(sent), received));
    return received;
  }

  static message_page page() {
    auto order = std::make_shared<const content_type>(content_type{"order", "msgpack"});
    auto headers = std::make_shared<const header_map>(header_map{{"trace", "7"}});
    auto a = ferry::testing::envelope("a");
    auto b = ferry::testing::envelope(std::string_view{"b\0c", 3});
    auto c = ferry::testing::envelope("");
    a.content = b.content = order;
    b.headers = headers;
    return {a, b, c};
  }

  static void check_equal(const message_page& left, const message_page& right) {
    BOOST_REQUIRE(left.size() == right.size());
    for (auto i = std::size_t{0}; i < left.size(); ++i) {
      BOOST_TEST(std::ranges::equal(left[i].body.bytes(), right[i].body.bytes()));
      BOOST_TEST((left[i].published_at == right[i].published_at));
      BOOST_TEST((!left[i].content == !right[i].content));
      BOOST_TEST((!left[i].content || *left[i].content == *right[i].content));
      BOOST_TEST((!left[i].headers == !right[i].headers));
      BOOST_TEST((!left[i].headers || *left[i].headers == *right[i].headers));
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(protocol_suite, protocol_fixture)

BOOST_AUTO_TEST_CASE(a_publish_keeps_its_numbers_and_every_envelope) {
  auto sent = messages::publish{{session_id{UINT64_MAX}, publish_number{3}, publish_number{5},
                                 std::make_shared<const message_page>(page()), true}};
  auto received = over_the_wire(sent);
  BOOST_TEST(received.batch.is_resend);
  BOOST_TEST((received.batch.session == sent.batch.session));
  BOOST_TEST((received.batch.oldest == publish_number{3}));
  BOOST_TEST((received.batch.first == publish_number{5}));
  check_equal(*received.batch.page, page());
}

BOOST_AUTO_TEST_CASE(a_delivered_run_brings_its_own_stretch_of_the_page_only) {
  auto run = message_run{std::make_shared<const message_page>(page()), 1, 2, sequence_number{8}, 4};
  auto received
    = over_the_wire(messages::delivery{consumer_id{2}, {{delivery_tag{6}, run, at(9s)}}});
  BOOST_REQUIRE(received.runs.size() == 1u);
  const auto& arrived = received.runs.front();
  BOOST_TEST((arrived.first_tag == delivery_tag{6}));
  BOOST_TEST((arrived.deadline == at(9s)));
  BOOST_TEST((arrived.run.first == sequence_number{8}));
  BOOST_TEST(arrived.run.deliveries == 4u);
  BOOST_TEST(arrived.run.count == 2u);
  check_equal(*arrived.run.page, {page()[1], page()[2]});
}

BOOST_AUTO_TEST_CASE(a_settlement_keeps_its_kind_its_reason_its_urgency_and_whether_it_has_a_delay) {
  auto sent = messages::settle{consumer_id{1},
                               {{delivery_tag{1}, 3, settle_kind::nack, 0s, "no"},
                                {delivery_tag{9}, 1, settle_kind::extend, {}, {}}},
                               urgency::awaited};
  auto received = over_the_wire(sent);
  BOOST_REQUIRE(received.settlements.size() == 2u);
  BOOST_TEST(received.settlements[0].count == 3u);
  BOOST_TEST((received.settlements[0].kind == settle_kind::nack));
  BOOST_TEST((received.settlements[0].delay == duration{0}));
  BOOST_TEST(received.settlements[0].reason == "no");
  BOOST_TEST(!received.settlements[1].delay.has_value());
  BOOST_TEST((received.how == urgency::awaited));
}

BOOST_AUTO_TEST_CASE(a_receipt_names_what_was_refused_and_why) {
  auto sent = messages::receipt{{session_id{1}, publish_number{9}, durability_level::synced,
                                 {{publish_number{4}, {errc::too_large, "too large"}}},
                                 publish_number{2}}};
  auto received = over_the_wire(sent).outcome;
  BOOST_TEST((received.up_to == publish_number{9}));
  BOOST_TEST((received.level == durability_level::synced));
  BOOST_TEST((received.resend_from == publish_number{2}));
  BOOST_REQUIRE(received.refused.size() == 1u);
  BOOST_TEST((received.refused[0].why == error{errc::too_large, "too large"}));
}

BOOST_AUTO_TEST_CASE(a_loss_keeps_what_was_begun_and_whether_that_is_known) {
  auto begun = std::vector<sequence_range>{{sequence_number{3}, 2}, {sequence_number{9}, 1}};
  auto received = over_the_wire(messages::consumer_lost{consumer_id{4}, true, begun});
  BOOST_TEST((received.consumer == consumer_id{4}));
  BOOST_TEST(received.begun_is_known);
  BOOST_TEST((received.begun == begun));
}

BOOST_AUTO_TEST_CASE(a_declaration_keeps_every_option) {
  auto config = queue_config{};
  config.durability = durability::memory;
  config.retry.factor = 3.5;
  config.dead_letter_queue = "lost";
  BOOST_TEST((over_the_wire(messages::declare{"orders", config}).config == config));
}

BOOST_AUTO_TEST_CASE(a_dead_letter_keeps_its_death) {
  auto end = death{"orders", sequence_number{4}, death_cause::rejected, "why", 3, at(1s)};
  auto sent = messages::bury{queue_id{3}, {{sequence_number{4}, dead_letter(page()[0], end)}}};
  auto received = over_the_wire(sent);
  BOOST_REQUIRE(received.letters.size() == 1u);
  BOOST_TEST((death_of(received.letters[0].letter) == end));
}

BOOST_AUTO_TEST_CASE(figures_keep_every_number_and_every_latency) {
  auto sent = messages::figures{};
  auto next = std::uint64_t{0};
  for (const auto& item : queue_numbers)
    sent.queue.*item.value = ++next;
  for (const auto& item : queue_latencies)
    (sent.queue.*item.value).add(3ms, ++next);
  BOOST_TEST((over_the_wire(sent).queue == sent.queue));
}

BOOST_AUTO_TEST_CASE(figures_of_another_version_are_read_as_far_as_they_are_known) {
  auto wire = to_wire(queue_figures{.published = 3, .ready = 2});
  wire.numbers.front().first = "renamed"; // published
  wire.numbers.emplace_back("unheard_of", 7);
  BOOST_TEST((from_wire(wire) == queue_figures{.ready = 2}));
}

BOOST_AUTO_TEST_CASE(a_histogram_with_other_buckets_is_read_as_empty) {
  auto counts = std::vector<std::uint64_t>(latency_histogram::bucket_count, 1);
  BOOST_TEST(histogram_from_wire(counts, 5.0).count() == counts.size());
  counts.push_back(1);
  BOOST_TEST((histogram_from_wire(counts, 5.0) == latency_histogram{}));
  counts.resize(latency_histogram::bucket_count - 1);
  BOOST_TEST((histogram_from_wire(counts, 5.0) == latency_histogram{}));
}

BOOST_AUTO_TEST_CASE(a_message_that_was_cut_short_is_refused_at_every_byte) {
  auto sent = messages::publish{
    {session_id{1}, publish_number{1}, publish_number{1},
     std::make_shared<const message_page>(page())}};
  auto whole = write(sent);
  for (auto size = std::size_t{0}; size < whole.size(); ++size) {
    auto cut = wire_bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    auto received = messages::publish{};
    BOOST_TEST(!read(cut, received));
  }
}

BOOST_AUTO_TEST_CASE(an_error_keeps_its_code_and_its_text_through_caf) {
  auto sent = error{errc::redeclared_differently, "queue \"orders\" exists"};
  BOOST_TEST((actors::from_caf(actors::to_caf(sent)) == sent));
  BOOST_TEST((actors::from_caf(caf::make_error(caf::sec::request_timeout)).code
              == errc::timed_out));
  BOOST_TEST((actors::from_caf(caf::make_error(caf::sec::request_receiver_down)).code
              == errc::closed));
}

BOOST_AUTO_TEST_CASE(answers_keep_the_epoch_they_belong_to) {
  BOOST_TEST((over_the_wire(messages::committed{commit_ticket{3}, epoch{4}}).opened == epoch{4}));
  BOOST_TEST((over_the_wire(messages::commit_failed{{}, epoch{5}}).opened == epoch{5}));
  BOOST_TEST((over_the_wire(messages::journal_returned{epoch{5}}).opened == epoch{5}));
  BOOST_TEST((over_the_wire(messages::bury{queue_id{1}, {}, epoch{6}}).opened == epoch{6}));
  BOOST_TEST((over_the_wire(messages::resubscribe{consumer_id{7}}).consumer == consumer_id{7}));
}

BOOST_AUTO_TEST_CASE(a_browse_keeps_its_filters_and_its_page) {
  auto query = browse_query{};
  query.sequences = {sequence_number{4}};
  query.state = message_state::delayed;
  query.published_to = at(5s);
  auto asked = over_the_wire(messages::browse{query}).query;
  BOOST_TEST((asked.sequences == query.sequences));
  BOOST_TEST((asked.state == query.state));
  BOOST_TEST((asked.published_to == query.published_to));
  auto items = page();
  auto sent = browse_page{{{sequence_number{4}, message_state::in_flight, 2, at(1s),
                            consumer_id{3}, items[1]}},
                          sequence_number{4}, sequence_number{9}};
  auto shown = over_the_wire(messages::browsed{sent}).page;
  BOOST_REQUIRE(shown.items.size() == 1u);
  BOOST_TEST((shown.items.front().state == message_state::in_flight));
  BOOST_TEST((shown.items.front().consumer == consumer_id{3}));
  check_equal({shown.items.front().message}, {items[1]});
  BOOST_TEST((shown.next == sent.next));
  BOOST_TEST(!over_the_wire(messages::browsed{}).page.next.has_value());
}

BOOST_AUTO_TEST_CASE(a_redrive_keeps_its_filters_and_its_report) {
  auto options = redrive_options{};
  options.cause = death_cause::undecodable;
  options.reason_contains = "price";
  options.per_second = 7;
  options.mode = redrive_mode::dry_run;
  auto asked = over_the_wire(messages::redrive{"orders.dead", options});
  BOOST_TEST(asked.from == "orders.dead");
  BOOST_TEST((asked.options.cause == options.cause));
  BOOST_TEST(asked.options.reason_contains == "price");
  BOOST_TEST(asked.options.per_second == 7u);
  BOOST_TEST((asked.options.mode == redrive_mode::dry_run));
  auto report = redrive_report{1, 2, 3, 4, 5, 6, 7};
  BOOST_TEST((over_the_wire(messages::redriven{report}).report == report));
}

BOOST_AUTO_TEST_SUITE_END()
