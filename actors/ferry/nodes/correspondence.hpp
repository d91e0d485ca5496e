// What an actor here asks another one over a link, while there is a link.

#pragma once

#include "ferry/nodes/answering.hpp"
#include "ferry/nodes/question_book.hpp"

#include <caf/typed_response_promise.hpp>

#include <utility>

namespace ferry::actors {

/// Writes letters to one address, and reads the answers. It begins closed.
///
/// Errors      A question is answered once: by its answer; with why it cannot be sent;
///             or with why the link it went over is gone.
/// Threads     Its actor's only.
class correspondence {
public:
  // -- the link ---------------------------------------------------------------

  void open(postal_address to) {
    to_ = std::move(to);
  }

  /// Answers everything that is open with `why`, as all that is asked until `open`.
  void close(const error& why) {
    to_ = {};
    why_closed_ = why;
    questions_.fail_all(why);
  }

  // -- letters ----------------------------------------------------------------

  /// Asks; one of the two is called, maybe at once.
  template <class Answer, class Self, class Question, class OnAnswer>
  void ask(Self* self, const Question& asked, OnAnswer answered, question_book::reaction failed) {
    if (!is_open())
      return failed(to_caf(why_closed_));
    auto question = questions_.open<Answer>(std::move(answered), std::move(failed));
    if (auto why = post(self, to_, question, asked); why.code != errc::none)
      questions_.fail(question, why);
  }

  /// Asks what an actor of this node was asked; it answers what the other one does.
  template <class Answer, class Self, class Question>
  caf::typed_response_promise<Answer> forward(Self* self, const Question& asked) {
    auto promise = self->template make_response_promise<Answer>();
    ask<Answer>(
      self, asked, [promise](const Answer& given) mutable { promise.deliver(given); },
      [promise](const caf::error& why) mutable { promise.deliver(why); });
    return promise;
  }

  /// Asks by a letter that fits and has no question yet.
  /// Expects   that it is open
  template <class Answer, class Self, class OnAnswer>
  void ask_in(Self* self, letter item, OnAnswer answered, question_book::reaction failed) {
    set_question(item, questions_.open<Answer>(std::move(answered), std::move(failed)));
    post_letter(self, to_, std::move(item));
  }

  /// Says what has no answer; where it is closed, nobody hears it.
  template <class Self, class Message>
  void tell(Self* self, const Message& message) {
    if (is_open())
      (void)post(self, to_, {}, message);
  }

  /// Takes an answer; one that nobody waits for is no error.
  /// Errors   false: it cannot be read, and the link is to be cut
  [[nodiscard]] bool take_answer(const letter_head& head, const letter& item) {
    return questions_.answer(head, item);
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool is_open() const noexcept {
    return to_.link != nullptr;
  }

  [[nodiscard]] const postal_address& address() const noexcept {
    return to_;
  }

  [[nodiscard]] const error& why_closed() const noexcept {
    return why_closed_;
  }

  /// `message` in a letter that asks no question yet.
  template <class Message>
  [[nodiscard]] letter letter_of(const Message& message) const {
    return to_letter(to_.number, question_id::none, message);
  }

  [[nodiscard]] bool holds(const letter& item) const noexcept {
    return item.bytes.size() <= to_.most_bytes;
  }

private:
  postal_address to_; // its link is null while there is none
  error why_closed_;
  question_book questions_;
};

} // namespace ferry::actors
