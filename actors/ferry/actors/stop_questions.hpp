// Everyone who asked an actor to stop. Several may, and all of them are answered.

#pragma once

#include "ferry/actors/protocol/stopping.hpp"

#include <caf/error.hpp>
#include <caf/typed_response_promise.hpp>

#include <utility>
#include <vector>

namespace ferry::actors {

/// Keeps the promises that an actor answers when it has stopped.
class stop_questions {
public:
  using promise = caf::typed_response_promise<messages::stopped>;

  /// To be returned from the handler of `stop`.
  template <class Self>
  [[nodiscard]] promise ask(Self* self) {
    promises_.push_back(self->template make_response_promise<messages::stopped>());
    return promises_.back();
  }

  /// Adds a promise that was made already.
  void add(promise made) {
    promises_.push_back(std::move(made));
  }

  /// Whether anybody asked.
  explicit operator bool() const noexcept {
    return !promises_.empty();
  }

  void answer() {
    for (auto& item : promises_)
      item.deliver(messages::stopped{});
    promises_.clear();
  }

  void refuse(const caf::error& why) {
    for (auto& item : promises_)
      item.deliver(why);
    promises_.clear();
  }

private:
  std::vector<promise> promises_;
};

} // namespace ferry::actors
