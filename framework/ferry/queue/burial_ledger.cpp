#include "ferry/queue/burial_ledger.hpp"

namespace ferry {

void burial_ledger::start(dead_message message, effect_list& out, question_id cause) {
  if (cause != question_id::none)
    ++answers_[cause].moves;
  if (moves_.insert_or_assign(message.sequence, pending_move{message.letter, cause}).second)
    bytes_ += message.letter.body.size();
  out.emplace_back(effects::bury{std::move(message)});
}

bool burial_ledger::hold(const effects::settled& answer) {
  auto found = answers_.find(answer.question);
  if (found == answers_.end())
    return false;
  if (found->second.moves == 0) {
    answers_.erase(found);
    return false;
  }
  found->second.answer = answer;
  return true;
}

void burial_ledger::release(effect_list& out) {
  std::erase_if(answers_, [&](const auto& item) {
    const auto& [moves, answer] = item.second;
    if (moves > 0 || !answer)
      return false;
    out.emplace_back(*answer);
    return true;
  });
}

void burial_ledger::refuse(const error& why, effect_list& out) {
  for (const auto& [question, waiting] : std::exchange(answers_, {}))
    if (waiting.answer)
      out.emplace_back(effects::refuse{question, why});
}

bool burial_ledger::finish(sequence_number sequence) {
  auto found = moves_.find(sequence);
  if (found == moves_.end())
    return false;
  failed_.erase({found->second.retry_at, sequence});
  if (auto waiting = answers_.find(found->second.cause); waiting != answers_.end())
    --waiting->second.moves;
  bytes_ -= found->second.letter.body.size();
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
