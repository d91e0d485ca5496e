#include "ferry/consumer/settlement_batch.hpp"

namespace ferry {

void settlement_batch::add(settlement item) {
  if (!items_.empty() && item.kind == settle_kind::ack) {
    auto& before = items_.back();
    if (before.kind == settle_kind::ack && advanced(before.first, before.count) == item.first) {
      before.count += item.count;
      return;
    }
  }
  items_.push_back(std::move(item));
}

} // namespace ferry
