#include "ferry/queue/quarantine.hpp"

#include <utility>

namespace ferry {

void quarantine::add(message_run run, suspect_fate fate) {
  auto& waiting = fate == suspect_fate::dies ? dying_ : tried_;
  while (run.count > 0) {
    auto single = split_front(run, 1);
    waiting.insert_or_assign(single.first, std::move(single));
  }
}

bool quarantine::ask() {
  if (turn_ != turn_state::none || !wants_to_deliver())
    return false;
  turn_ = turn_state::asked;
  return true;
}

void quarantine::grant() {
  turn_ = turn_state::held;
}

bool quarantine::end_turn() {
  if (turn_ != turn_state::held || out_ != sequence_number::none)
    return false;
  turn_ = turn_state::none;
  return true;
}

bool quarantine::abandon_turn() {
  out_ = sequence_number::none;
  return end_turn();
}

std::optional<sequence_number> quarantine::load() {
  if (loading_ != sequence_number::none)
    return std::nullopt;
  if (!dying_.empty())
    loading_ = dying_.begin()->first;
  else if (turn_ == turn_state::held && wants_to_deliver() && !tried_.begin()->second.is_resident())
    loading_ = tried_.begin()->first;
  else
    return std::nullopt;
  return loading_;
}

bool quarantine::loaded(sequence_number sequence, std::span<const message_run> found) {
  if (sequence != loading_)
    return false;
  loading_ = sequence_number::none;
  auto& waiting = dying_.contains(sequence) ? dying_ : tried_;
  if (found.empty())
    waiting.erase(sequence);
  else if (auto at = waiting.find(sequence); at != waiting.end())
    at->second = found.front();
  return true;
}

std::optional<message_run> quarantine::take_dying() {
  if (dying_.empty() || !dying_.begin()->second.is_resident())
    return std::nullopt;
  return dying_.extract(dying_.begin()).mapped();
}

std::optional<message_run> quarantine::take() {
  if (turn_ != turn_state::held || !wants_to_deliver() || !tried_.begin()->second.is_resident())
    return std::nullopt;
  auto run = tried_.extract(tried_.begin()).mapped();
  out_ = run.first;
  return run;
}

bool quarantine::returned(sequence_number sequence) {
  if (out_ != sequence || out_ == sequence_number::none)
    return false;
  out_ = sequence_number::none;
  turn_ = turn_state::none;
  return true;
}

} // namespace ferry
