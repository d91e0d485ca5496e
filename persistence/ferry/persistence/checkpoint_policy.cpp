#include "ferry/persistence/checkpoint_policy.hpp"

namespace ferry::persistence {

namespace {

constexpr auto most_doublings = std::uint32_t{16};

} // namespace

checkpoint_action checkpoint_policy::committed(std::uint64_t log_bytes) noexcept {
  if (log_bytes < log_bytes_) { // it began anew
    next_ = limits_.begin_bytes;
    force_at_ = limits_.most_bytes;
  }
  log_bytes_ = log_bytes;
  if (log_bytes >= force_at_)
    return checkpoint_action::force;
  if (wants_step() || log_bytes < next_)
    return checkpoint_action::none;
  if (!has_helper_)
    return checkpoint_action::finish;
  steps_ = 1;
  return checkpoint_action::none;
}

checkpoint_action checkpoint_policy::move_now() noexcept {
  if (!has_helper_)
    return checkpoint_action::finish;
  steps_ = std::max(steps_, std::uint32_t{1});
  return checkpoint_action::none;
}

checkpoint_action checkpoint_policy::stepped(const upkeep_report& step) noexcept {
  if (!wants_step())
    return checkpoint_action::none; // a forced one came first
  auto left = log_bytes_ - std::min(log_bytes_, step.moved_bytes);
  if (left > limits_.rest_bytes << std::min(steps_ - 1, most_doublings)) {
    ++steps_;
    return checkpoint_action::none;
  }
  return checkpoint_action::finish;
}

void checkpoint_policy::step_failed() noexcept {
  rest();
}

void checkpoint_policy::checkpointed() noexcept {
  rest();
}

void checkpoint_policy::rest() noexcept {
  steps_ = 0;
  next_ = log_bytes_ + limits_.begin_bytes;
  if (log_bytes_ >= force_at_)
    force_at_ = next_;
}

} // namespace ferry::persistence
