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

template <class Self, class Message>
void post(Self* self, const postal_address& to, question_id question, const Message& message) {
  auto letters = std::vector<letter>{};
  letters.push_back(to_letter(to.number, question, message));
  compat::send(self, to.link, messages::post{bag_of(std::move(letters))});
}

/// Asks `actor` what a letter asked, and posts what it answers.
template <class Answer, class Self, class Handle, class Question>
void answer_by(Self* self, const Handle& actor, const postal_address& to, question_id question,
               Question asked) {
  compat::request(self, actor, std::move(asked))
    .then([self, to, question](const Answer& given) { post(self, to, question, given); },
          [self, to, question](const caf::error& why) { post(self, to, question, from_caf(why)); });
}

} // namespace ferry::actors
