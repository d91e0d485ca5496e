// The answer to settlements that went in several letters, because one would not hold them.

#pragma once

#include "ferry/actors/protocol/consuming.hpp"

#include <caf/error.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <utility>

namespace ferry::actors {

/// Answers when all parts have ended: with the sum, or with what kept one of them from
/// being answered.
///
/// Shape     It counts as a part itself until `no_more`.
/// Threads   One owner at a time.
class gathered_outcome {
public:
  explicit gathered_outcome(caf::typed_response_promise<messages::settled> promise)
    : promise_(std::move(promise)) {
  }

  void expect_part() noexcept {
    ++open_;
  }

  void part_settled(const settle_outcome& part) {
    sum_.settled += part.settled;
    sum_.stale += part.stale;
    part_ended();
  }

  void part_failed(caf::error why) {
    why_ = std::move(why);
    part_ended();
  }

  void no_more() {
    part_ended();
  }

private:
  void part_ended() {
    if (--open_ > 0)
      return;
    if (why_)
      promise_.deliver(why_);
    else
      promise_.deliver(messages::settled{sum_});
  }

  caf::typed_response_promise<messages::settled> promise_;
  std::size_t open_ = 1;
  settle_outcome sum_;
  caf::error why_;
};

} // namespace ferry::actors
