// Questions to an actor that answers them later, by number.

#pragma once

#include "ferry/actors/caf_compat.hpp"
#include "ferry/ids.hpp"
#include "ferry/queue/queue_effects.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>

#include <map>
#include <tuple>
#include <utility>

namespace ferry::actors {

/// Keeps the promises of an actor that answers with one of `Answers`, each under the
/// number by which its core knows the question.
///
/// Invariants  A number is never reused, so a question is answered once.
/// Errors      None. To answer one that is not open does nothing.
/// Cost        O(log questions) per call.
/// Threads     Its actor's only.
template <class... Answers>
class question_table {
public:
  template <class Answer>
  using promise = caf::typed_response_promise<Answer>;

  // -- modifiers --------------------------------------------------------------

  /// Opens a question, whose number is `last`; to be returned from the handler.
  template <class Answer, class Self>
  promise<Answer> open(Self* self) {
    last_ = advanced(last_, 1);
    auto made = self->template make_response_promise<Answer>();
    auto& kept = of<Answer>();
    kept.emplace_hint(kept.end(), last_, made);
    return made;
  }

  template <class Answer>
  void answer(question_id question, Answer given) {
    deliver(of<Answer>(), question, std::move(given));
  }

  /// Answers `question`, whatever it asked for, by an error.
  void refuse(question_id question, const caf::error& why) {
    (deliver(of<Answers>(), question, why), ...);
  }

  // -- properties -------------------------------------------------------------

  /// The question that was opened last.
  [[nodiscard]] question_id last() const noexcept {
    return last_;
  }

  [[nodiscard]] bool empty() const noexcept {
    return (std::get<open_questions<Answers>>(open_).empty() && ...);
  }

  /// Who asked for an `Answer`; null where that is not open, or nobody can be told.
  template <class Answer>
  [[nodiscard]] caf::strong_actor_ptr asker_of(question_id question) {
    auto found = of<Answer>().find(question);
    return found == of<Answer>().end() ? nullptr : compat::source_of(found->second);
  }

private:
  template <class Answer>
  using open_questions = std::map<question_id, promise<Answer>>;

  template <class Answer>
  open_questions<Answer>& of() {
    return std::get<open_questions<Answer>>(open_);
  }

  template <class Questions, class Value>
  static void deliver(Questions& open, question_id question, Value value) {
    if (auto node = open.extract(question); !node.empty())
      node.mapped().deliver(std::move(value));
  }

  std::tuple<open_questions<Answers>...> open_;
  question_id last_{};
};

} // namespace ferry::actors
