// Questions whose answers may be long: one after the other, and none while the peer has
// not read what it asked for before.

#pragma once

#include <deque>
#include <optional>
#include <utility>

namespace ferry {

/// Keeps the order of the questions.
///
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
template <class Question>
class waiting_line {
public:
  // -- modifiers --------------------------------------------------------------

  void add(Question item) {
    waiting_.push_back(std::move(item));
  }

  /// The question that is to be asked now; the next one comes after `answered`.
  [[nodiscard]] std::optional<Question> next() {
    auto item = std::optional<Question>{};
    if (is_asking_ || is_held_ || waiting_.empty())
      return item;
    is_asking_ = true;
    item.emplace(std::move(waiting_.front()));
    waiting_.pop_front();
    return item;
  }

  void answered() noexcept {
    is_asking_ = false;
  }

  void hold() noexcept {
    is_held_ = true;
  }

  void go_on() noexcept {
    is_held_ = false;
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool is_held() const noexcept {
    return is_held_;
  }

private:
  std::deque<Question> waiting_;
  bool is_asking_ = false;
  bool is_held_ = false;
};

} // namespace ferry
