// How a letter's question becomes an actor's request, and its answer a letter.

#pragma once

#include "ferry/actors/answers.hpp"
#include "ferry/nodes/letters.hpp"
#include "ferry/nodes/link_messages.hpp"

#include <utility>
#include <vector>

namespace ferry::actors {

/// Where letters about one queue, or the broker, go.
struct postal_address {
  link_actor link; // null: nowhere
  queue_number number = broker_number;
};

/// `answered` says how many bytes of mail are done with by that.
template <class Self, class Message>
void post(Self* self, const postal_address& to, question_id question, const Message& message,
          std::size_t answered = 0) {
  auto letters = std::vector<letter>{};
  letters.push_back(to_letter(to.number, question, message));
  compat::send(self, to.link, messages::post{bag_of(std::move(letters)), answered});
}

/// A letter's question, and how large the letter was.
struct asked_letter {
  question_id question{};
  std::size_t bytes = 0;
};

/// Posts the answer to a letter, which is done with by that.
template <class Self, class Message>
void answer(Self* self, const postal_address& to, asked_letter asked, const Message& message) {
  post(self, to, asked.question, message, asked.bytes);
}

/// A letter that wants no answer is done with.
template <class Self>
void acknowledge(Self* self, const postal_address& to, asked_letter asked) {
  compat::send(self, to.link, messages::post{nullptr, asked.bytes});
}

/// Asks `actor` what a letter asked, and posts what it answers.
template <class Answer, class Self, class Handle, class Question>
void answer_by(Self* self, const Handle& actor, const postal_address& to, asked_letter asked,
               Question question) {
  compat::request(self, actor, std::move(question))
    .then([self, to, asked](const Answer& given) { answer(self, to, asked, given); },
          [self, to, asked](const caf::error& why) { answer(self, to, asked, from_caf(why)); });
}

} // namespace ferry::actors
