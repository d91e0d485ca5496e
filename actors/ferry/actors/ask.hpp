// How a plain thread asks an actor and waits for the answer.

#pragma once

#include "ferry/actors/answers.hpp"
#include "ferry/actors/protocol.hpp"
#include "ferry/result.hpp"

#include <caf/scoped_actor.hpp>

#include <chrono>
#include <utility>

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

} // namespace ferry::actors
