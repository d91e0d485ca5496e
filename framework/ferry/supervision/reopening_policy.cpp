#include "ferry/supervision/reopening_policy.hpp"

#include <limits>

namespace ferry {

time_point reopening_policy::failed(time_point now, double random) {
  if (opened_at_ && now >= later(*opened_at_, backoff_.cap))
    failures_ = 0;
  opened_at_.reset();
  if (failures_ < std::numeric_limits<std::uint32_t>::max())
    ++failures_;
  return later(now, wait_after(backoff_, failures_, random));
}

void reopening_policy::opened(time_point now) {
  opened_at_ = now;
}

} // namespace ferry
