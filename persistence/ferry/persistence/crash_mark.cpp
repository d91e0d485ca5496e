#include "ferry/persistence/crash_mark.hpp"

#include "ferry/persistence/mark_slot.hpp"

#include <utility>

namespace ferry::persistence {

crash_mark::crash_mark() : slot_(std::make_shared<mark_slot>()) {
}

crash_mark::crash_mark(std::shared_ptr<mark_slot> slot) noexcept : slot_(std::move(slot)) {
}

void crash_mark::begin(std::span<const marked_run> runs) noexcept {
  slot_->set(runs);
}

void crash_mark::end() noexcept {
  slot_->clear();
}

std::vector<marked_run> crash_mark::current() const {
  return slot_->runs();
}

} // namespace ferry::persistence
