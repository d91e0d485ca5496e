// How a letter's question becomes an actor's request, and its answer a letter.

#pragma once

#include "ferry/actors/answers.hpp"
#include "ferry/actors/protocol/consuming.hpp"
#include "ferry/nodes/letters.hpp"
#include "ferry/nodes/link_messages.hpp"

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace ferry::actors {

/// Where letters about one queue, or the broker, go.
struct postal_address {
  link_actor link; // null: nowhere
  queue_number number = broker_number;
  std::size_t most_bytes = longest_letter({}); // that the other node takes in a letter
};

/// Why a letter of `bytes` is not sent to `to`; `errc::none`: it is.
[[nodiscard]] inline error too_large_for(const postal_address& to, std::size_t bytes) {
  if (bytes <= to.most_bytes)
    return {};
  return {errc::too_large, "a letter of " + std::to_string(bytes)
                             + " bytes is more than the other node takes (limit "
                             + std::to_string(to.most_bytes)
                             + " bytes); raise link_config::letters there"};
}

/// `answered` is the weight of the mail that is done with by that.
template <class Self>
void post_letter(Self* self, const postal_address& to, letter item, std::size_t answered = 0) {
  auto letters = std::vector<letter>{};
  letters.push_back(std::move(item));
  compat::send(self, to.link, messages::post{bag_of(std::move(letters)), answered});
}

/// Errors   too_large: nothing was sent
template <class Self, class Message>
error post(Self* self, const postal_address& to, question_id question, const Message& message) {
  auto item = to_letter(to.number, question, message);
  auto why = too_large_for(to, item.bytes.size());
  if (why.code == errc::none)
    post_letter(self, to, std::move(item));
  return why;
}

/// A letter's question, and what the letter counts until it is answered.
struct asked_letter {
  question_id question{};
  std::size_t weight = 0;
};

/// Posts the answer to a letter, which is done with by that; one that the other node does
/// not take becomes an error that says so.
template <class Self, class Message>
void answer(Self* self, const postal_address& to, asked_letter asked, const Message& message) {
  auto item = to_letter(to.number, asked.question, message);
  if (auto why = too_large_for(to, item.bytes.size()); why.code != errc::none)
    item = to_letter(to.number, asked.question, why);
  post_letter(self, to, std::move(item), asked.weight);
}

/// A letter that wants no answer is done with.
template <class Self>
void acknowledge(Self* self, const postal_address& to, asked_letter asked) {
  compat::send(self, to.link, messages::post{nullptr, asked.weight});
}

/// Ends the link: the broker is not there any more, and its clients dial until it is.
template <class Self>
void leave_with_broker(Self* self, const link_actor& link) {
  compat::send(self, link, messages::cut_link{{errc::closed, "the broker was closed"}});
}

/// Hands a letter to `take` as that of `Messages` which it holds; false where it holds
/// none of them, cannot be read, or is not taken.
template <class... Messages, class Take>
[[nodiscard]] bool take_as_one_of(const letter& item, Take take) {
  auto head = head_of(item);
  if (!head)
    return false;
  auto is_taken = [&]<class Message>(std::type_identity<Message>) {
    if (head->kind != kind_of<Message>)
      return false;
    auto message = message_from<Message>(item);
    return message && take(asked_letter{head->question, weight_of(item)}, std::move(*message));
  };
  return (is_taken(std::type_identity<Messages>{}) || ...);
}

/// What settling comes to for somebody who holds none of the deliveries.
[[nodiscard]] inline settle_outcome all_stale(const messages::settle& m) {
  auto outcome = settle_outcome{};
  for (const auto& item : m.settlements)
    outcome.stale += item.count;
  return outcome;
}

} // namespace ferry::actors
