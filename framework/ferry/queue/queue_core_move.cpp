// Moving messages to another queue. The target's commit stores the rows there and
// removes them here (records::take_over), so that whenever the process dies, each
// message is in exactly one of the two queues: in this one until that commit is
// on disk, in the other one from then on.

#include "ferry/queue/queue_core.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace ferry {

namespace {

std::vector<sequence_number> sequences_of(std::span<const dead_message> letters) {
  auto sequences = std::vector<sequence_number>{};
  for (const auto& item : letters)
    sequences.push_back(item.sequence);
  std::ranges::sort(sequences);
  auto twice = std::ranges::unique(sequences);
  sequences.erase(twice.begin(), twice.end());
  return sequences;
}

// A letter that was named twice leaves once.
std::vector<dead_message> those_taken(std::span<const dead_message> letters,
                                      const std::vector<delayed_run>& taken) {
  auto open = std::set<sequence_number>{};
  for (const auto& item : taken)
    open.insert(item.run.first);
  auto leaving = std::vector<dead_message>{};
  for (const auto& item : letters)
    if (open.erase(item.sequence) > 0)
      leaving.push_back(item);
  return leaving;
}

// Those of `leaving` that lie on disk only.
std::vector<records::erase> rows_of(const std::vector<dead_message>& leaving,
                                    const std::vector<delayed_run>& taken) {
  auto on_disk = std::set<sequence_number>{};
  for (const auto& item : taken)
    if (!item.run.is_resident())
      on_disk.insert(item.run.first);
  auto rows = std::vector<records::erase>{};
  for (const auto& item : leaving)
    if (on_disk.contains(item.sequence))
      rows.push_back({item.sequence, 1, item.letter.body.size()});
  return rows;
}

} // namespace

// What is ready or delayed has nothing under way to the disk, so nothing that this
// queue still writes can meet the target's commit.
void queue_core::move(time_point now, question_id question, std::span<const dead_message> letters,
                      effect_list& out) {
  if (failed_.code != errc::none) {
    refuse(question, out);
    return;
  }
  auto wanted = sequences_of(letters);
  auto started = started_move{delayed_.take(wanted), {}, 0, {}};
  for (auto& run : ready_.take(wanted))
    started.taken.push_back({time_point{}, std::move(run)});
  started.outcome = {started.taken.size(), wanted.size() - started.taken.size()};
  if (started.taken.empty()) {
    out.emplace_back(effects::moved{question, started.outcome});
    return;
  }
  auto leaving = those_taken(letters, started.taken);
  for (const auto& item : leaving)
    started.bytes += item.letter.body.size();
  if (spills_)
    started.rows = rows_of(leaving, started.taken);
  out.emplace_back(effects::move{question, std::move(leaving)});
  moves_.start(question, std::move(started));
  finish(now, {}, out);
}

void queue_core::move_ended(time_point now, question_id question, error why, effect_list& out) {
  auto ended = moves_.end(question);
  if (!ended)
    return;
  if (why.code == errc::none) {
    counters_.redriven += ended->outcome.moved;
    payload_bytes_ -= std::min(payload_bytes_, ended->bytes);
    out.emplace_back(effects::moved{question, ended->outcome});
    auto change = turn{};
    for (const auto& rows : ended->rows)
      unspill(rows, change);
    finish(now, std::move(change), out);
    return;
  }
  auto change = turn{};
  for (auto& item : ended->taken)
    if (item.due == time_point{})
      change.ready.push_back(std::move(item.run));
    else
      change.delayed.push_back(std::move(item));
  settle_down(now, std::move(change), out);
  out.emplace_back(effects::refuse{question, std::move(why)});
  finish(now, {}, out);
}

} // namespace ferry
