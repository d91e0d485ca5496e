// How a plain thread asks an actor and waits for the answer.

#pragma once

#include "ferry/actors/answers.hpp"
#include "ferry/actors/caf_compat.hpp"
#include "ferry/result.hpp"
#include "ferry/time.hpp"

#include <caf/scoped_actor.hpp>

#include <chrono>
#include <utility>
#include <vector>

namespace ferry::actors {

inline constexpr auto patience = std::chrono::seconds{60};

/// Asks `actor`; an actor that has ended is a closed broker to whoever asks.
/// Errors   the actor's own; closed; timed_out
/// Blocks   the calling thread, at most for `limit`
template <class Answer, class Handle, class Question>
[[nodiscard]] result<Answer> ask(caf::actor_system& system, const Handle& actor,
                                 Question question, duration limit = patience) {
  auto self = caf::scoped_actor{system};
  auto answer = result<Answer>{error{errc::closed, "the broker is closed"}};
  compat::request(self, actor, limit, std::move(question))
    .receive([&](Answer& given) { answer = std::move(given); },
             [&](caf::error& why) { answer = from_caf(why); });
  return answer;
}

/// A question and whom it is for.
template <class Handle, class Question>
struct addressed {
  Handle actor;
  Question question;
};

/// Asks all of `questions` at once; the answers are in their order.
/// Errors   as `ask`, for each by itself
/// Blocks   the calling thread, at most for `limit`
template <class Answer, class Handle, class Question>
[[nodiscard]] std::vector<result<Answer>>
ask_all(caf::actor_system& system, const std::vector<addressed<Handle, Question>>& questions,
        duration limit = patience) {
  auto self = caf::scoped_actor{system};
  auto answers = std::vector<result<Answer>>{};
  auto asked = std::vector<decltype(compat::request(self, questions.front().actor, limit,
                                                    questions.front().question))>{};
  for (const auto& [actor, question] : questions)
    asked.push_back(compat::request(self, actor, limit, question));
  for (auto& answer : asked)
    std::move(answer) // CAF 1.x lets a question be waited for once
      .receive([&](Answer& given) { answers.emplace_back(std::move(given)); },
               [&](caf::error& why) { answers.emplace_back(from_caf(why)); });
  return answers;
}

} // namespace ferry::actors
