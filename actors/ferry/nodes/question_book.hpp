// The questions of a client that went over a link, until their answers come back.

#pragma once

#include "ferry/actors/answers.hpp"
#include "ferry/nodes/letters.hpp"

#include <caf/error.hpp>
#include <caf/typed_response_promise.hpp>

#include <functional>
#include <map>
#include <utility>

namespace ferry::actors {

/// Matches answers to promises by their number. CAF fails no request whose node is
/// gone, so it is here that a lost link ends them.
class question_book {
public:
  using reaction = std::function<void(const caf::error&)>;

  // -- modifiers --------------------------------------------------------------

  /// Keeps a question open; one of the two is called, once.
  template <class Answer, class OnAnswer>
  [[nodiscard]] question_id open(OnAnswer answered, reaction failed) {
    last_ = advanced(last_, 1);
    auto read = [answered = std::move(answered)](const letter_head& head,
                                                 const letter& item) mutable {
      if (head.kind != kind_of<Answer>)
        return false;
      auto message = message_from<Answer>(item);
      if (message)
        answered(*message);
      return message.has_value();
    };
    open_.emplace_hint(open_.end(), last_, entry{std::move(read), std::move(failed)});
    return last_;
  }

  /// The same for a promise.
  template <class Answer>
  [[nodiscard]] question_id open(caf::typed_response_promise<Answer> promise) {
    return open<Answer>([promise](const Answer& given) mutable { promise.deliver(given); },
                        [promise](const caf::error& why) mutable { promise.deliver(why); });
  }

  /// Answers the question that `item` names; one that is not open is no error.
  /// Errors   false: the answer cannot be read; it was `disconnected` then
  [[nodiscard]] bool answer(const letter_head& head, const letter& item) {
    auto node = open_.extract(head.question);
    if (node.empty())
      return true;
    if (head.kind != kind_of<error> && node.mapped().read(head, item))
      return true;
    auto why = head.kind == kind_of<error> ? message_from<error>(item) : std::nullopt;
    node.mapped().fail(to_caf(why.value_or(unreadable)));
    return why.has_value();
  }

  /// Answers `question` with `why`; one that is not open is no error.
  void fail(question_id question, const error& why) {
    if (auto node = open_.extract(question); !node.empty())
      node.mapped().fail(to_caf(why));
  }

  /// Never answers `question`.
  void forget(question_id question) {
    open_.erase(question);
  }

  /// Answers everything that is open with `why`.
  void fail_all(const error& why) {
    for (auto& [question, item] : std::exchange(open_, {}))
      item.fail(to_caf(why));
  }

private:
  static inline const auto unreadable = error{errc::disconnected, "the answer cannot be read"};

  struct entry {
    std::function<bool(const letter_head&, const letter&)> read;
    reaction fail;
  };

  question_id last_{};
  std::map<question_id, entry> open_;
};

} // namespace ferry::actors
