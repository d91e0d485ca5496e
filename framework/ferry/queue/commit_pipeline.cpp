#include "ferry/queue/commit_pipeline.hpp"

#include <utility>

namespace ferry {

namespace {

// The same records, written by whoever does not know whether they were written before.
std::vector<record> repeated(const std::vector<record>& records) {
  auto again = std::vector<record>{};
  for (const auto& item : records) {
    if (const auto* stored = std::get_if<records::store>(&item))
      again.emplace_back(records::erase{stored->run.first, stored->run.count, 0});
    again.push_back(item);
  }
  return again;
}

} // namespace

void turn::erase(const message_run& run) {
  erase({run.first, run.count, resident_bytes(run)});
}

void turn::erase(const records::erase& rows) {
  if (!records.empty())
    if (auto* before = std::get_if<records::erase>(&records.back());
        before && advanced(before->first, before->count) == rows.first) {
      before->count += rows.count;
      before->payload_bytes += rows.payload_bytes;
      return;
    }
  records.emplace_back(rows);
}

void turn::take_over(queue_id origin, const dead_message& letter) {
  if (!records.empty())
    if (auto* before = std::get_if<records::take_over>(&records.back());
        before && before->origin == origin
        && advanced(before->first, before->count) == letter.sequence) {
      ++before->count;
      before->payload_bytes += letter.letter.body.size();
      return;
    }
  records.emplace_back(
    records::take_over{origin, letter.sequence, 1, letter.letter.body.size()});
}

std::uint64_t turn::messages() const noexcept {
  auto total = std::uint64_t{0};
  for (const auto* runs : {&ready, &spilled, &suspects, &overflow})
    for (const auto& run : *runs)
      total += run.count;
  for (const auto& item : delayed)
    total += item.run.count;
  return total;
}

void turn::end(const message_run& run) {
  for (const auto& message : run.envelopes())
    acked.push_back(message.published_at);
}

void commit_pipeline::submit(turn change, effect_list& out) {
  if (!change.records.empty()) {
    last_ = advanced(last_, 1);
    if (kept_ == records_kept::no)
      out.emplace_back(effects::persist{last_, std::exchange(change.records, {})});
    else if (!is_suspended_)
      out.emplace_back(effects::persist{last_, change.records});
  }
  messages_ += change.messages();
  acked_ += change.acked.size();
  waiting_.push_back({last_, std::move(change)});
}

void commit_pipeline::resume(effect_list& out) {
  is_suspended_ = false;
  for (const auto& item : waiting_)
    if (!item.change.records.empty())
      out.emplace_back(effects::persist{item.ticket, repeated(item.change.records)});
}

std::optional<turn> commit_pipeline::pop_committed(commit_ticket ticket) {
  if (waiting_.empty() || waiting_.front().ticket > ticket)
    return std::nullopt;
  return pop();
}

std::optional<turn> commit_pipeline::pop() {
  if (waiting_.empty())
    return std::nullopt;
  auto change = std::move(waiting_.front().change);
  waiting_.pop_front();
  messages_ -= change.messages();
  acked_ -= change.acked.size();
  return change;
}

} // namespace ferry
