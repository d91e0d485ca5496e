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
    policy_(now, addresses_.size(), std::move(config)),
    reported_(addresses_.size()) {
}

// -- events -----------------------------------------------------------------------

dialing_step dialing_core::begin(time_point now, double random) {
  auto why = error{errc::disconnected, "the broker was not reached yet"};
  auto next = policy_.next(now, random);
  if (!next)
    return over(given_up(why.text), {});
  address_ = next->address;
  return {std::move(why), std::max(next->when, now), {}};
}

dialing_step dialing_core::failed(time_point now, double random, const error& why,
                                  first_link first) {
  auto was_dialed = std::exchange(state_, state::dialing) == state::dialing;
  auto reports = std::vector<std::string>{};
  note_refusal(why, reports);
  auto refusal = was_dialed ? end_round() : std::nullopt;
  if (refusal && first == first_link::awaited)
    return over(*refusal, std::move(reports));
  auto next = policy_.next(now, random);
  if (!next) {
    auto last = given_up(why.text);
    reports.push_back(last.text);
    return over(last, std::move(reports));
  }
  address_ = next->address;
  auto told = why.text + "; it is dialed again by itself, try it again later";
  return {{errc::disconnected, std::move(told)}, std::max(next->when, now), std::move(reports)};
}

void dialing_core::opened() {
  state_ = state::open;
  policy_.opened();
  tried_ = 0;
  refusal_.reset();
  reported_.assign(addresses_.size(), {});
}

dialing_step dialing_core::lost(time_point now, double random, const error& why, first_link first) {
  auto was_open = state_ == state::open;
  auto text = "the broker at " + address() + " is not connected (" + why.text + ")";
  auto step = failed(now, random, {why.code, text}, first);
  if (was_open && !is_refusal(why.code))
    step.reports.insert(step.reports.begin(), std::move(text));
  return step;
}

// -- rounds -----------------------------------------------------------------------

// Who dials for ever is refused for ever, and says so once.
void dialing_core::note_refusal(const error& why, std::vector<std::string>& reports) {
  if (!is_refusal(why.code))
    return;
  if (!refusal_)
    refusal_ = why;
  if (reported_[address_] == why.text)
    return;
  reported_[address_] = why.text;
  reports.push_back(why.text);
}

// The refusal that the round ended with; nothing while it goes on, or where there was none.
std::optional<error> dialing_core::end_round() {
  if (++tried_ < addresses_.size())
    return std::nullopt;
  tried_ = 0;
  return std::exchange(refusal_, std::nullopt);
}

dialing_step dialing_core::over(const error& why, std::vector<std::string> reports) {
  state_ = state::over;
  return {why, std::nullopt, std::move(reports)};
}

} // namespace ferry
