// A client at the broker, as far as no queue is concerned: who came, and the list of
// queues.

#include "ferry/nodes/session_actor.hpp"

#include "ferry/nodes/answering.hpp"
#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

namespace {

using namespace ferry;
using namespace ferry::testing;

using list_promise = caf::typed_response_promise<messages::queue_names>;

/// What the broker and the link were asked, in order.
struct session_notes {
  std::vector<list_promise> lists; // answered by the test
  std::vector<ferry::letter> posted;
  std::vector<std::string> reports;
};

caf::behavior broker_behavior(caf::event_based_actor* self,
                              const std::shared_ptr<session_notes>& notes) {
  return {
    [self, notes](const messages::list_queues&) {
      notes->lists.push_back(self->make_response_promise<messages::queue_names>());
      return notes->lists.back();
    },
    [notes](const messages::proceed&) { notes->lists.back().deliver(messages::queue_names{}); },
  };
}

/// Introduces its client when it is told to.
caf::behavior link_behavior(caf::event_based_actor* self,
                            const std::shared_ptr<session_notes>& notes) {
  return {
    [self](const caf::actor& session) { compat::send(self, session, messages::knock{}); },
    [](const messages::let_in&) {},
    [notes](const messages::post& m) {
      if (m.letters)
        notes->posted.insert(notes->posted.end(), m.letters->begin(), m.letters->end());
    },
  };
}

struct session_fixture : virtual_system {
  session_fixture() {
    broker = own(system().spawn(broker_behavior, notes));
    link = own(system().spawn(link_behavior, notes));
    auto report = [to = notes](const std::string& text) { to->reports.push_back(text); };
    auto access = std::make_shared<const access_policy>(access_config{}, false);
    session = own(actors::spawn_session(
      system(),
      {actors::as<actors::broker_actor>(broker), access, {}, "10.0.0.7:50000", clock(), report}));
  }

  ~session_fixture() {
    notes->lists.clear();
  }

  void knock() {
    tell(link, session);
  }

  void ask_for_queues() {
    auto letters = std::vector{
      actors::to_letter(actors::broker_number, question_id{7}, messages::list_queues{})};
    tell(session, messages::mail{bag_of(std::move(letters))});
  }

  std::shared_ptr<session_notes> notes = std::make_shared<session_notes>();
  caf::actor broker;
  caf::actor link;
  caf::actor session;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(session_actor_suite, session_fixture)

BOOST_AUTO_TEST_CASE(whoever_is_refused_before_it_could_knock_is_reported_with_the_reason) {
  tell(session, messages::link_cut{{errc::wrong_peer, "node \"x\" belongs to cluster \"y\""}});
  BOOST_TEST(notes->reports
             == std::vector<std::string>{"a connection from 10.0.0.7:50000 was refused: node \"x\" "
                                         "belongs to cluster \"y\""});
}

BOOST_AUTO_TEST_CASE(whoever_was_let_in_is_reported_as_gone_and_not_as_refused) {
  knock();
  tell(session, messages::link_cut{{errc::closed, "the client closed its link"}});
  BOOST_REQUIRE(notes->reports.size() == 2u);
  BOOST_TEST(notes->reports.back()
             == "node \"\" at 10.0.0.7:50000 is gone: the client closed its link");
}

BOOST_AUTO_TEST_CASE(the_broker_lists_its_queues_for_a_client_once_at_a_time) {
  knock();
  ask_for_queues();
  ask_for_queues();
  BOOST_TEST(notes->lists.size() == 1u);
  tell(broker, messages::proceed{});
  BOOST_TEST(notes->lists.size() == 2u);
  BOOST_TEST(notes->posted.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_listed_nothing_until_it_does) {
  knock();
  tell(session, messages::backed_up{});
  ask_for_queues();
  BOOST_TEST(notes->lists.empty());
  tell(session, messages::drained{});
  BOOST_TEST(notes->lists.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
