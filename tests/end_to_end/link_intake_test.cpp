// A link at the server and a client made by hand, which sends without regard for
// credit. What the I/O thread has not read after it read later bytes of another stream
// it does not read at all.

#include "ferry/nodes/link_actor.hpp"
#include "ferry/system_config.hpp"

#include "support/frames.hpp"
#include "support/sockets.hpp"
#include "support/virtual_link.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/io/broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>

#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

constexpr auto mebibyte = std::size_t{1} << 20;
constexpr auto limit = 128 * mebibyte;
constexpr auto read_at_once = 16 * mebibyte; // what CAF reads before it looks again

/// What it was told of a client that does not read.
enum class backlog_news { backed_up, drained };

/// What the owner of a link was told.
class owner_notes {
public:
  void count(std::size_t weight) {
    auto held = std::lock_guard{mutex_};
    mail_ += weight;
    changed_.notify_all();
  }

  void end(const error& why) {
    auto held = std::lock_guard{mutex_};
    why_ = why;
    changed_.notify_all();
  }

  void note(backlog_news news) {
    auto held = std::lock_guard{mutex_};
    news_.push_back(news);
    changed_.notify_all();
  }

  [[nodiscard]] bool hears(const std::vector<backlog_news>& expected) {
    auto held = std::unique_lock{mutex_};
    return changed_.wait_for(held, patience, [&] { return news_ == expected; });
  }

  [[nodiscard]] bool has_heard_nothing() {
    auto held = std::lock_guard{mutex_};
    return news_.empty();
  }

  [[nodiscard]] std::size_t mail_weight() {
    auto held = std::lock_guard{mutex_};
    return mail_;
  }

  [[nodiscard]] bool hears_of_the_end() {
    auto held = std::unique_lock{mutex_};
    return changed_.wait_for(held, patience, [&] { return why_.has_value(); });
  }

  [[nodiscard]] bool has_ended() {
    auto held = std::lock_guard{mutex_};
    return why_.has_value();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t mail_ = 0;
  std::optional<error> why_;
  std::vector<backlog_news> news_;
};

enum class answering { none, everything };

caf::behavior owner_behavior(caf::event_based_actor* self, owner_notes* notes, answering how) {
  auto link = [self] { return caf::actor_cast<actors::link_actor>(self->current_sender()); };
  return {
    [self, link](const messages::knock&) { compat::send(self, link(), messages::let_in{}); },
    [](const messages::link_opened&) {},
    [self, link, notes, how](const messages::mail& m) {
      auto weight = std::size_t{0};
      for (const auto& item : *m.letters)
        weight += weight_of(item);
      if (how == answering::everything)
        compat::send(self, link(), messages::post{nullptr, weight});
      notes->count(weight);
    },
    [notes](const messages::link_cut& m) { notes->end(m.why); },
    [notes](const messages::backed_up&) { notes->note(backlog_news::backed_up); },
    [notes](const messages::drained&) { notes->note(backlog_news::drained); },
    [](int number) { return number; },
  };
}

/// Sends back what comes, on the thread that links are on.
caf::behavior echo(caf::io::broker* self, int socket) {
  auto stream = self->add_scribe(socket);
  self->configure_read(stream, caf::io::receive_policy::at_most(1));
  return {
    [self](const caf::io::new_data_msg& m) {
      self->write(m.handle, m.buf.size(), m.buf.data());
      self->flush(m.handle);
    },
    [](const caf::io::connection_closed_msg&) {},
  };
}

/// Two ends of one stream, whose buffers hold a quarter of a mebibyte.
std::array<int, 2> stream_ends() {
  auto ends = std::array<int, 2>{};
  auto kind = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  BOOST_REQUIRE(::socketpair(AF_UNIX, kind, 0, ends.data()) == 0);
  return ends;
}

/// The same, of TCP.
std::array<int, 2> tcp_ends() {
  auto listening = silent_port{};
  auto calling = connect_to(listening.port());
  auto accepted = listening.accept();
  return {calling.release(), accepted.release()};
}

struct link_intake_fixture {
  link_intake_fixture() {
    auto ends = stream_ends();
    bystander = net::stream_socket{ends[0]};
    io = system.middleman().spawn_broker(echo, ends[1]);
  }

  void open(answering how = answering::none, const pulse_config& pulse = {1h, 3h}) {
    open_over(stream_ends(), how, pulse);
  }

  void open_over(std::array<int, 2> ends, answering how = answering::none,
                 const pulse_config& pulse = {1h, 3h}) {
    client = net::stream_socket{ends[0]};
    owner = system.spawn(owner_behavior, &notes, how);
    auto mine = hello_of("bob", 2, pulse);
    link = actors::spawn_link(system, {link_side::server, link_config{.pulse = pulse}, mine,
                                       ends[1], nullptr, owner, actors::anchored_clock::real()});
    introduce(pulse);
  }

  /// Says hello, and waits for the answer.
  void introduce(const pulse_config& pulse) const {
    auto socket = client.descriptor();
    auto greeting = to_letter(hello_of("alice", 1, pulse)).bytes;
    write_all(socket, std::string{link_preamble} + framed(0, {greeting.data(), greeting.size()}));
    (void)read_exactly(socket, link_preamble.size());
    auto header = read_exactly(socket, frame_header_bytes);
    auto read = frame_header_from(std::span{header}.first<frame_header_bytes>());
    (void)read_exactly(socket, read->length);
  }

  ~link_intake_fixture() {
    caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(caf::actor_cast<caf::actor>(link), caf::exit_reason::user_shutdown);
    caf::anon_send_exit(io, caf::exit_reason::user_shutdown);
  }

  /// Has the I/O thread read from another stream, again and again, and the owner read
  /// its mail.
  void look_around() {
    for (auto turn = 0; turn < 10; ++turn) {
      write_all(bystander.descriptor(), "?");
      (void)read_exactly(bystander.descriptor(), 1);
    }
    auto self = caf::scoped_actor{system};
    compat::request(self, owner, 1).receive([](int) {}, [](const caf::error&) {});
  }

  /// Sends letters of a mebibyte until nothing more is taken, at most `most` bytes.
  std::size_t send_letters(std::size_t most = 2 * limit) {
    auto sent = std::size_t{0};
    while (sent < most) {
      auto piece = std::string_view{one_letter}.substr(sent_of_letter, most - sent);
      auto count = write_some(client.descriptor(), piece);
      if (count == 0) {
        look_around();
        count = write_some(client.descriptor(), piece);
      }
      if (count == 0)
        break;
      sent += count;
      sent_of_letter = (sent_of_letter + count) % one_letter.size();
    }
    look_around();
    return sent;
  }

  /// Sends `text` again and again until nothing more is taken, at most the limit.
  std::size_t send_all_of(std::string_view text) {
    auto sent = std::size_t{0};
    for (auto is_stuck = false; sent < limit;) {
      auto count = write_some(client.descriptor(), text.substr(sent % text.size()));
      sent += count;
      if (count == 0 && is_stuck)
        break;
      is_stuck = count == 0;
      if (is_stuck)
        look_around();
    }
    return sent;
  }

  void answer(std::size_t weight) {
    compat::send_anonymously(link, messages::post{nullptr, weight});
    look_around();
  }

  /// Has the link write `bytes` to the client, which does not read them yet.
  void write_to_client(std::size_t bytes) {
    auto letters = std::vector<ferry::letter>{};
    for (; bytes > 0; bytes -= std::min(bytes, mebibyte))
      letters.push_back({lane_id{1}, std::vector<char>(std::min(bytes, mebibyte), 'x')});
    compat::send_anonymously(link, messages::post{bag_of(std::move(letters)), 0});
    look_around();
  }

  void write_short_letters_to_client(std::size_t count) {
    auto letters = std::vector(count, ferry::letter{lane_id{1}, {'x'}});
    compat::send_anonymously(link, messages::post{bag_of(std::move(letters)), 0});
    look_around();
  }

  void read_as_client(std::size_t bytes) const {
    BOOST_REQUIRE(read_exactly(client.descriptor(), bytes).size() == bytes);
  }

  [[nodiscard]] bool is_taken() const {
    return is_ready(client.descriptor(), POLLOUT, 0ms);
  }

  system_config config;
  caf::actor_system system{config};
  caf::actor io;
  net::stream_socket bystander;
  owner_notes notes;
  net::stream_socket client;
  caf::actor owner;
  actors::link_actor link;
  const std::string one_letter = framed(1, std::string(mebibyte, 'x'));
  std::size_t sent_of_letter = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(link_intake_suite, link_intake_fixture)

BOOST_AUTO_TEST_CASE(a_client_of_whom_128_MiB_are_unanswered_is_not_read_any_more) {
  open();
  (void)send_letters();
  auto received = notes.mail_weight();
  BOOST_TEST(received >= limit);
  BOOST_TEST(received < limit + read_at_once);
  look_around();
  BOOST_TEST(!is_taken());
  BOOST_TEST(notes.mail_weight() == received);
}

// Ten thousand of them are 100 KiB on the wire, and many times that until they are answered.
BOOST_AUTO_TEST_CASE(short_letters_count_as_what_they_take_and_not_as_their_bytes) {
  open();
  auto many = std::string{};
  for (auto i = 0; i < 10'000; ++i)
    many += framed(1, "x");
  auto sent = send_all_of(many);
  BOOST_TEST(!is_taken());
  BOOST_TEST(sent < limit / 16);
  BOOST_TEST(notes.mail_weight() >= limit);
  BOOST_TEST(notes.mail_weight() < limit + read_at_once);
}

BOOST_AUTO_TEST_CASE(it_is_read_on_when_less_than_half_of_that_is_unanswered_and_not_before) {
  open();
  (void)send_letters();
  auto received = notes.mail_weight();
  answer(received - limit / 2);
  BOOST_TEST(!is_taken());
  answer(1);
  (void)send_letters(8 * mebibyte);
  BOOST_TEST(notes.mail_weight() > received);
}

BOOST_AUTO_TEST_CASE(who_is_stopped_again_is_read_again) {
  open();
  for (auto round = std::size_t{1}; round <= 3; ++round) {
    (void)send_letters();
    BOOST_TEST(!is_taken());
    BOOST_TEST(notes.mail_weight() >= round * limit);
    answer(notes.mail_weight());
  }
  BOOST_TEST(is_taken());
}

BOOST_AUTO_TEST_CASE(a_client_whose_letters_are_answered_sends_as_much_as_it_likes) {
  open(answering::everything);
  for (auto sent = std::size_t{0}; sent < 4 * limit;) {
    BOOST_REQUIRE(is_ready(client.descriptor(), POLLOUT));
    BOOST_REQUIRE(!notes.has_ended());
    sent += send_letters(mebibyte);
  }
  BOOST_TEST(notes.mail_weight() > 3 * limit);
}

// Eight beats last half as long again as the silence that ends a link.
BOOST_AUTO_TEST_CASE(who_is_not_listened_to_is_not_silent) {
  open(answering::none, {100ms, 500ms});
  (void)send_letters();
  auto beat = to_letter(heartbeat{}).bytes.size() + frame_header_bytes;
  BOOST_TEST(read_exactly(client.descriptor(), 8 * beat).size() == 8 * beat);
  BOOST_TEST(!notes.has_ended());
  answer(notes.mail_weight());
  BOOST_TEST(is_taken());
}

BOOST_AUTO_TEST_CASE(who_goes_away_while_it_is_not_listened_to_is_gone_all_the_same) {
  open(answering::none, {100ms, 500ms});
  (void)send_letters();
  client = {};
  BOOST_TEST(notes.hears_of_the_end());
}

// -- a client that does not read ----------------------------------------------------

BOOST_AUTO_TEST_CASE(when_128_MiB_wait_for_a_client_the_broker_hears_of_it_and_not_before) {
  open();
  write_to_client(limit - mebibyte);
  BOOST_TEST(notes.has_heard_nothing());
  write_to_client(2 * mebibyte);
  BOOST_TEST(notes.hears({backlog_news::backed_up}));
}

// The stream's buffers take some thousands.
BOOST_AUTO_TEST_CASE(short_letters_that_wait_for_a_client_count_as_what_they_take) {
  open();
  auto most = limit / letter_overhead;
  write_short_letters_to_client(most - 1000);
  BOOST_TEST(notes.has_heard_nothing());
  write_short_letters_to_client(most / 2);
  BOOST_TEST(notes.hears({backlog_news::backed_up}));
}

BOOST_AUTO_TEST_CASE(when_the_client_has_read_half_of_it_the_broker_goes_on) {
  open();
  write_to_client(limit + mebibyte);
  BOOST_TEST(notes.hears({backlog_news::backed_up}));
  read_as_client(limit / 2 + 4 * mebibyte);
  BOOST_TEST(notes.hears({backlog_news::backed_up, backlog_news::drained}));
}

BOOST_AUTO_TEST_CASE(what_is_answered_to_a_client_that_does_not_read_is_not_answered) {
  open(answering::everything);
  write_to_client(limit + mebibyte);
  BOOST_TEST(notes.hears({backlog_news::backed_up}));
  BOOST_TEST(send_letters() < 2 * limit);
  BOOST_TEST(!is_taken());
  read_as_client(limit / 2 + 4 * mebibyte);
  BOOST_TEST(is_ready(client.descriptor(), POLLOUT));
}

BOOST_AUTO_TEST_CASE(who_neither_reads_nor_is_listened_to_is_silent) {
  open(answering::everything, {100ms, 500ms});
  write_to_client(limit + mebibyte);
  (void)send_letters();
  BOOST_TEST(notes.hears_of_the_end());
}

// CAF would keep it, and its descriptor, for as long as the reader keeps its end.
BOOST_AUTO_TEST_CASE(a_stream_that_nobody_reads_is_closed_soon_after_its_link_was_cut) {
  auto ends = tcp_ends();
  open_over(ends);
  write_to_client(limit);
  compat::send_anonymously(link, messages::cut_link{{errc::closed, "enough"}});
  BOOST_TEST(notes.hears_of_the_end());
  auto is_there = [&] { return ::fcntl(ends[1], F_GETFD) >= 0; };
  BOOST_TEST(is_there());
  for (auto end = std::chrono::steady_clock::now() + patience;
       is_there() && std::chrono::steady_clock::now() < end;)
    (void)is_ready(client.descriptor(), POLLRDHUP, 50ms);
  BOOST_TEST(!is_there());
}

BOOST_AUTO_TEST_SUITE_END()
