#include "ferry/queue/burial_ledger.hpp"

namespace ferry {

void burial_ledger::start(dead_message message, effect_list& out) {
  moves_.insert_or_assign(message.sequence, pending_move{message.letter});
  out.emplace_back(effects::bury{std::move(message)});
}

bool burial_ledger::finish(sequence_number sequence) {
  auto found = moves_.find(sequence);
  if (found == moves_.end())
    return false;
  failed_.erase({found->second.retry_at, sequence});
  moves_.erase(found);
  return true;
}

void burial_ledger::fail(sequence_number sequence, time_point when) {
  auto found = moves_.find(sequence);
  if (found == moves_.end() || found->second.retry_at != never)
    return;
  found->second.retry_at = when;
  failed_.emplace(when, sequence);
}

void burial_ledger::retry(time_point now, effect_list& out) {
  while (!failed_.empty() && failed_.begin()->first <= now) {
    auto sequence = failed_.begin()->second;
    failed_.erase(failed_.begin());
    auto& move = moves_.at(sequence);
    move.retry_at = never;
    out.emplace_back(effects::bury{{sequence, move.letter}});
  }
}

std::optional<time_point> burial_ledger::next_due() const {
  if (failed_.empty())
    return std::nullopt;
  return failed_.begin()->first;
}

} // namespace ferry
