// What nodes write into letters: the messages of "protocol.hpp" without the handles
// of actors, which mean nothing in another process.
//
//   byte  0        the kind of message
//   byte  1 .. 8   the question it asks or answers, little endian; 0: none
//   byte  9 ..     the message, in the encoding that the handshake agreed on
//
// Each queue that a client uses has a number on its link, and two lanes: one for talk
// and one for pages of messages, so that a receipt never waits behind a payload.

#pragma once

#include "ferry/actors/protocol/consuming.hpp"
#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/operating.hpp"
#include "ferry/actors/protocol/publishing.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/link/letter.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace ferry::messages {

// -- instead of messages that name actors ---------------------------------------

/// `subscribe`, of a receiver at the client.
struct far_subscribe {
  subscriber who;
};

/// `queue_info`, of a queue at the server.
struct far_queue {
  std::string name;
  queue_config config;
  std::uint32_t number = 0; // on this link, from 1
};

/// `delivery`, with the server's time, by which the client finds out what its
/// deadlines mean here.
struct far_delivery {
  time_point sent{};
  delivery what;
};

/// `journal_report`, with its figures' names, so that a node of another version
/// understands those that it knows.
struct far_journal {
  std::vector<std::pair<std::string, std::uint64_t>> numbers;
  latency_histogram commit_time;
  error failure;
};

template <class Inspector>
auto inspect(Inspector& f, far_journal& x) {
  return fields(f, x, "ferry::far_journal", named{"numbers", x.numbers},
                named{"commit_time", x.commit_time}, named{"failure", x.failure});
}

template <class Inspector>
auto inspect(Inspector& f, far_subscribe& x) {
  return fields(f, x, "ferry::far_subscribe", named{"who", x.who});
}

template <class Inspector>
auto inspect(Inspector& f, far_queue& x) {
  return fields(f, x, "ferry::far_queue", named{"name", x.name}, named{"config", x.config},
                named{"number", x.number});
}

template <class Inspector>
auto inspect(Inspector& f, far_delivery& x) {
  return fields(f, x, "ferry::far_delivery", named{"sent", x.sent}, named{"what", x.what});
}

} // namespace ferry::messages

namespace ferry::actors {

// -- kinds ------------------------------------------------------------------------

/// What a letter can hold; a kind is the place in this list. Append only: nodes of
/// one protocol version share it.
template <class... Messages>
struct message_list {};

using travelling =
  message_list<error, messages::declare, messages::find, messages::far_queue, messages::close_queue,
               messages::stopped, messages::list_queues, messages::queue_names, messages::redrive,
               messages::redriven, messages::publish, messages::receipt, messages::room,
               messages::far_subscribe, messages::subscription, messages::grant_credit,
               messages::far_delivery, messages::resubscribe, messages::settle, messages::settled,
               messages::unsubscribe, messages::unsubscribed, messages::consumer_lost,
               messages::pause, messages::paused, messages::ask_figures, messages::figures,
               messages::browse, messages::browsed, messages::ask_journal, messages::far_journal>;

[[nodiscard]] messages::far_journal to_wire(const messages::journal_report& report);
[[nodiscard]] messages::journal_report from_wire(const messages::far_journal& read);

enum class letter_kind : std::uint8_t {};

template <class Message, class... Messages>
[[nodiscard]] constexpr letter_kind kind_in(message_list<Messages...>) noexcept {
  static_assert((std::is_same_v<Message, Messages> || ...), "ferry: this message cannot travel");
  auto place = std::uint8_t{0};
  (void)((std::is_same_v<Message, Messages> || (++place, false)) || ...);
  return letter_kind{place};
}

template <class Message>
inline constexpr auto kind_of = kind_in<Message>(travelling{});

// -- addresses --------------------------------------------------------------------

/// Whom a letter is for: a queue by its number on the link, or 0, the broker itself.
using queue_number = std::uint32_t;

inline constexpr auto broker_number = queue_number{0};

enum class lane_use : std::uint8_t { talk, pages };

[[nodiscard]] constexpr lane_id lane_of(queue_number number, lane_use use) noexcept {
  return lane_id{2 * number + (use == lane_use::pages ? 2 : 1)};
}

[[nodiscard]] constexpr queue_number number_of(lane_id lane) noexcept {
  return (static_cast<std::uint32_t>(lane) - 1) / 2;
}

/// Pages travel beside the talk.
template <class Message>
inline constexpr auto use_of =
  std::is_same_v<
    Message,
    messages::
      publish> || std::is_same_v<Message, messages::far_delivery> || std::is_same_v<Message, messages::resubscribe> || std::is_same_v<Message, messages::browsed>
    ? lane_use::pages
    : lane_use::talk;

// -- writing and reading ------------------------------------------------------------

inline constexpr auto letter_head_bytes = std::size_t{9};

/// What stands before a letter's message.
struct letter_head {
  letter_kind kind{};
  question_id question{};
};

void write_head(const letter_head& head, std::vector<char>& out);

/// Makes `item` ask or answer `question`.
/// Expects   a whole head
void set_question(letter& item, question_id question);

/// Errors   `nullopt`: shorter than a head
[[nodiscard]] std::optional<letter_head> head_of(const letter& item);

template <class Message>
[[nodiscard]] letter to_letter(queue_number number, question_id question, const Message& message) {
  auto out = letter{lane_of(number, use_of<Message>), {}};
  write_head({kind_of<Message>, question}, out.bytes);
  compat::append_bytes(out.bytes, message);
  return out;
}

/// Makes printable what the peer wrote for people, and what reports and errors name; a
/// payload and what lies beside it is the application's.
/// Errors   false: it cannot be what it claims to be
template <class Message>
[[nodiscard]] bool make_presentable(Message&) {
  return true;
}

[[nodiscard]] bool make_presentable(error& m);
[[nodiscard]] bool make_presentable(messages::receipt& m);
[[nodiscard]] bool make_presentable(messages::far_journal& m);
[[nodiscard]] bool make_presentable(messages::far_queue& m);
[[nodiscard]] bool make_presentable(messages::queue_names& m);

/// The message of a letter whose kind is that of `Message`, made presentable.
/// Errors   `nullopt`: its bytes hold no such message
template <class Message>
[[nodiscard]] std::optional<Message> message_from(const letter& item) {
  auto message = Message{};
  if (!compat::read_bytes(std::span{item.bytes}.subspan(letter_head_bytes), message)
      || !make_presentable(message))
    return std::nullopt;
  return message;
}

} // namespace ferry::actors
