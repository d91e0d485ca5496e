// The consumers here of a queue on another node: who they are, what has arrived before
// its subscription did, and who waits for a link.

#pragma once

#include "ferry/consumer/delivery_inbox.hpp"
#include "ferry/ids.hpp"
#include "ferry/link/far_consumers.hpp"
#include "ferry/time.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace ferry {

/// Deliveries as the other node sent them, on its clock.
struct far_runs {
  time_point sent{};
  std::vector<delivered_run> runs;
};

/// Knows the receivers of a queue's deliveries. The lanes of a link are independent, so
/// a delivery may overtake the subscription that it belongs to: it is kept until then.
///
/// Errors      None.
/// Cost        O(log consumers) per call, `cut` O(consumers).
/// Threads     One owner at a time; no locking inside.
template <class Receiver>
class far_subscriptions {
public:
  /// A consumer, and what it is called here.
  struct party {
    consumer_id here{};
    Receiver receiver;
  };

  /// A subscription that begins, and what arrived before it.
  struct opening {
    consumer_id here{};
    std::vector<far_runs> early;
  };

  // -- modifiers --------------------------------------------------------------

  /// Begins the subscription that the other node calls `there`.
  [[nodiscard]] opening open(consumer_id there, Receiver receiver) {
    auto here = ids_.open(there);
    receivers_.emplace(here, std::move(receiver));
    auto waited = early_.extract(there);
    return {here, waited.empty() ? std::vector<far_runs>{} : std::move(waited.mapped())};
  }

  /// Ends the subscription `here`; returns what the other node calls it, or `nullopt`
  /// where it had ended there.
  std::optional<consumer_id> close(consumer_id here) {
    receivers_.erase(here);
    return ids_.close(here);
  }

  /// Ends the subscription `there`; returns whose it was, or `nullopt` where it had ended.
  [[nodiscard]] std::optional<party> close_far(consumer_id there) {
    auto who = party_of(there);
    if (who)
      (void)close(who->here);
    return who;
  }

  /// Notes that `what` arrived; returns who is to have it now, if anybody. What is kept
  /// for a subscription to come is moved from; what belongs to one that has ended is
  /// nobody's, because it has returned to its queue.
  [[nodiscard]] std::optional<party> arrived(consumer_id there, far_runs& what) {
    auto who = party_of(there);
    if (!who && !ids_.was_closed(there))
      early_[there].push_back(std::move(what));
    return who;
  }

  /// Notes that `receiver` wants to subscribe as soon as there is a link.
  /// Repeat   allowed: it tries again and again, for as long as there is none
  void wait(Receiver receiver) {
    if (std::ranges::find(waiting_, receiver) == waiting_.end())
      waiting_.push_back(std::move(receiver));
  }

  /// Returns everybody who waited for a link, in the order in which they came.
  [[nodiscard]] std::vector<Receiver> take_waiting() {
    return std::exchange(waiting_, {});
  }

  /// Ends all subscriptions, because the link is gone; returns whose they were.
  [[nodiscard]] std::vector<party> cut() {
    early_.clear();
    ids_.clear();
    auto all = std::vector<party>{};
    for (auto& [here, receiver] : std::exchange(receivers_, {}))
      all.push_back({here, std::move(receiver)});
    return all;
  }

  // -- properties -------------------------------------------------------------

  /// What the other node calls `here`, or `nullopt` where it had ended.
  [[nodiscard]] std::optional<consumer_id> there(consumer_id here) const {
    return ids_.there(here);
  }

private:
  [[nodiscard]] std::optional<party> party_of(consumer_id there) const {
    auto here = ids_.here(there);
    auto found = here ? receivers_.find(*here) : receivers_.end();
    return found == receivers_.end() ? std::nullopt : std::optional{party{*here, found->second}};
  }

  far_consumers ids_;
  std::map<consumer_id, Receiver> receivers_;          // by their id here
  std::map<consumer_id, std::vector<far_runs>> early_; // by the id there
  std::vector<Receiver> waiting_;
};

} // namespace ferry
