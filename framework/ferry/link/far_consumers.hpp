// Consumers of a queue on another node: what each is called here, and what there.

#pragma once

#include "ferry/ids.hpp"

#include <map>
#include <optional>
#include <set>

namespace ferry {

/// Hands out ids that are never reused in this process, whatever the other node calls
/// its consumers after a restart, so that what belongs to an older link is recognised.
///
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class far_consumers {
public:
  // -- modifiers --------------------------------------------------------------

  /// Notes a subscription that is called `there` by the other node; one that was open
  /// under that name is forgotten.
  [[nodiscard]] consumer_id open(consumer_id there) {
    last_ = advanced(last_, 1);
    if (auto former = here(there))
      there_.erase(*former);
    closed_.erase(there);
    here_[there] = last_;
    there_[last_] = there;
    return last_;
  }

  /// Ends the subscription `here`; returns what the other node calls it, or `nullopt`
  /// where it had ended.
  std::optional<consumer_id> close(consumer_id here) {
    auto node = there_.extract(here);
    if (node.empty())
      return std::nullopt;
    here_.erase(node.mapped());
    closed_.insert(node.mapped());
    return node.mapped();
  }

  /// Ends all of them: the link is gone.
  void clear() {
    here_.clear();
    there_.clear();
    closed_.clear();
  }

  // -- properties -------------------------------------------------------------

  [[nodiscard]] std::optional<consumer_id> there(consumer_id here) const {
    auto found = there_.find(here);
    return found == there_.end() ? std::nullopt : std::optional{found->second};
  }

  [[nodiscard]] std::optional<consumer_id> here(consumer_id there) const {
    auto found = here_.find(there);
    return found == here_.end() ? std::nullopt : std::optional{found->second};
  }

  /// Whether `there` was a subscription over this link, and has ended.
  [[nodiscard]] bool was_closed(consumer_id there) const {
    return closed_.contains(there);
  }

private:
  std::map<consumer_id, consumer_id> here_;  // by the id there
  std::map<consumer_id, consumer_id> there_; // by the id here
  std::set<consumer_id> closed_;             // ids there
  consumer_id last_{};
};

} // namespace ferry
