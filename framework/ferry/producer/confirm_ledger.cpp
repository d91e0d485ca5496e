#include "ferry/producer/confirm_ledger.hpp"

#include <iterator>
#include <utility>

namespace ferry {

publish_number confirm_ledger::next() {
  last_ = advanced(last_, 1);
  if (failed_from_ != publish_number::none)
    settled_ = last_;
  return last_;
}

void confirm_ledger::settle(const publish_outcome& outcome) {
  if (failed_from_ != publish_number::none || outcome.up_to <= settled_)
    return;
  for (const auto& item : outcome.refused) {
    if (item.number <= settled_)
      continue; // it came again with the rest of its page, and is told once
    refused_.emplace(item.number, refused_stretch{item.number, item.why});
    note_refusal(item.why);
  }
  level_ = outcome.level;
  settled_ = outcome.up_to;
}

void confirm_ledger::give_up(publish_number up_to, error why) {
  if (failed_from_ != publish_number::none || up_to <= settled_)
    return;
  note_refusal(why);
  refused_.emplace(advanced(settled_, 1), refused_stretch{up_to, std::move(why)});
  settled_ = up_to;
}

void confirm_ledger::fail(error why) {
  if (failed_from_ != publish_number::none)
    return;
  failed_from_ = advanced(settled_, 1);
  failure_ = std::move(why);
  if (settled_ < last_)
    note_refusal(failure_);
  settled_ = last_;
}

std::optional<error> confirm_ledger::take_first_refusal() {
  return std::exchange(first_refusal_, std::nullopt);
}

std::optional<result<durability_level>>
confirm_ledger::outcome_of(publish_number first, publish_number last) const {
  if (settled_ < last)
    return std::nullopt;
  if (const auto* why = refusal_between(first, last))
    return result<durability_level>{*why};
  if (failed_from_ != publish_number::none && last >= failed_from_)
    return result<durability_level>{failure_};
  return result<durability_level>{level_};
}

// What was refused one by one was refused before everything failed.
const error* confirm_ledger::refusal_between(publish_number first, publish_number last) const {
  auto after = refused_.upper_bound(first);
  if (after != refused_.begin())
    if (const auto& before = std::prev(after)->second; first <= before.last)
      return &before.why;
  return after != refused_.end() && after->first <= last ? &after->second.why : nullptr;
}

void confirm_ledger::note_refusal(const error& why) {
  if (!first_refusal_)
    first_refusal_ = why;
}

} // namespace ferry
