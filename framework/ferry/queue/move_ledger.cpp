#include "ferry/queue/move_ledger.hpp"

#include <utility>

namespace ferry {

void move_ledger::start(question_id question, started_move item) {
  size_ += item.outcome.moved;
  moves_.emplace(question, std::move(item));
}

std::optional<started_move> move_ledger::end(question_id question) {
  auto node = moves_.extract(question);
  if (node.empty())
    return std::nullopt;
  size_ -= node.mapped().outcome.moved;
  return std::move(node.mapped());
}

void move_ledger::refuse(const error& why, effect_list& out) {
  for (const auto& [question, item] : moves_)
    out.emplace_back(effects::refuse{question, why});
  moves_.clear();
  size_ = 0;
}

} // namespace ferry
