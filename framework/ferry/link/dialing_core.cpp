#include "ferry/link/dialing_core.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

bool is_refusal(errc code) {
  return code == errc::wrong_peer || code == errc::not_permitted || code == errc::not_trusted
         || code == errc::invalid_argument;
}

error given_up(const std::string& text) {
  return {errc::closed, text
                          + "; no link for as long as reconnect_config::give_up_after allows, "
                            "connect again"};
}

} // namespace

dialing_core::dialing_core(time_point now, std::vector<std::string> addresses,
                           reconnect_config config)
  : addresses_(std::move(addresses)),
    policy_(now, addresses_.size(), std::move(config)) {
}

dialing_step dialing_core::begin(time_point now, double random) {
  auto why = error{errc::disconnected, "the broker was not reached yet"};
  auto next = policy_.next(now, random);
  if (!next)
    return over(given_up(why.text));
  address_ = next->address;
  return {std::move(why), std::max(next->when, now), {}};
}

dialing_step dialing_core::failed(time_point now, double random, const error& why,
                                  first_link first) {
  state_ = state::dialing;
  if (is_refusal(why.code) && first == first_link::awaited)
    return over(why);
  auto next = policy_.next(now, random);
  if (!next)
    return over(given_up(why.text));
  address_ = next->address;
  auto told = why.text + "; it is dialed again by itself, try it again later";
  return {{errc::disconnected, std::move(told)}, std::max(next->when, now), {}};
}

void dialing_core::opened() noexcept {
  state_ = state::open;
  policy_.opened();
}

dialing_step dialing_core::lost(time_point now, double random, const error& why, first_link first) {
  auto was_open = state_ == state::open;
  auto text = "the broker at " + address() + " is not connected (" + why.text + ")";
  auto step = failed(now, random, {why.code, text}, first);
  if (was_open)
    step.reports.insert(step.reports.begin(), std::move(text));
  return step;
}

dialing_step dialing_core::over(const error& why) {
  state_ = state::over;
  return {why, std::nullopt, {why.text}};
}

} // namespace ferry
