#include "ferry/queue/resident_budget.hpp"

#include <algorithm>

namespace ferry {

resident_share::resident_share(resident_share&& other) noexcept
  : limit_(other.limit_),
    common_(std::move(other.common_)),
    used_(std::exchange(other.used_, 0)) {
}

resident_share& resident_share::operator=(resident_share&& other) noexcept {
  if (this != &other) {
    give_back(used_);
    limit_ = other.limit_;
    common_ = std::move(other.common_);
    used_ = std::exchange(other.used_, 0);
  }
  return *this;
}

resident_share::~resident_share() {
  give_back(used_);
}

void resident_share::take(std::size_t bytes) noexcept {
  used_ += bytes;
  if (common_)
    common_->take(bytes);
}

void resident_share::give_back(std::size_t bytes) noexcept {
  used_ -= bytes;
  if (common_)
    common_->give_back(bytes);
}

std::size_t resident_share::allowance(std::size_t beside) const noexcept {
  if (!common_)
    return limit_;
  auto all = common_->used(); // once: other threads change it
  auto others = all - std::min(all, used_ + beside);
  auto left = common_->limit() - std::min(common_->limit(), others);
  return std::min(limit_, std::max(left, least_share));
}

std::size_t resident_share::excess() const noexcept {
  return used_ - std::min(used_, allowance());
}

} // namespace ferry
