#include "ferry/queue/redrive_core.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

constexpr auto page_size = std::uint32_t{256}; // also the most that one commit moves

std::string moved_so_far(const redrive_report& report) {
  return "after " + std::to_string(report.moved) + " moved letters: ";
}

} // namespace

redrive_core::redrive_core(std::string from, redrive_options options)
  : from_(std::move(from)),
    options_(std::move(options)),
    pace_(options_.per_second),
    failed_(check(from_, options_)) {
}

redrive_step redrive_core::next(time_point now) {
  for (;;) {
    if (is_over())
      return end();
    if (auto queue = unknown_queue())
      return redrive_steps::find{std::move(*queue)};
    drop_misfits();
    if (waiting_.empty() && cursor_)
      return redrive_steps::look{next_query()};
    if (waiting_.empty() || unknown_queue())
      continue;
    if (options_.mode == redrive_mode::move)
      return move_some(now);
    report_.would_move += take(left()).size();
  }
}

bool redrive_core::is_over() const {
  return failed_.code != errc::none || left() == 0 || (waiting_.empty() && !cursor_);
}

redrive_steps::done redrive_core::end() const {
  if (failed_.code != errc::none)
    return {failed_};
  return {report_};
}

// -- finding queues -------------------------------------------------------------

std::optional<std::string> redrive_core::unknown_queue() const {
  if (!queues_.contains(from_))
    return from_;
  if (!options_.to.empty() && !queues_.contains(options_.to))
    return options_.to;
  if (!waiting_.empty() && !queues_.contains(waiting_.front().to))
    return waiting_.front().to;
  return std::nullopt;
}

void redrive_core::found(const std::string& queue, const queue_config& config) {
  queues_[queue] = config;
  if (queue == options_.to && config.durability < queues_.at(from_)->durability)
    failed({errc::invalid_argument,
            "queue \"" + from_ + "\" is kept on disk and cannot be redriven into \"" + queue
              + "\", which is not: a letter could be lost on the way; name a queue that is kept "
                "on disk"});
}

// An origin may be gone; the two queues that the caller named may not.
void redrive_core::not_found(const std::string& queue, error why) {
  queues_[queue] = std::nullopt;
  if (queue == from_ || queue == options_.to || why.code != errc::no_such_queue)
    failed(std::move(why));
}

// -- looking and judging --------------------------------------------------------

browse_query redrive_core::next_query() const {
  auto query = browse_query{};
  query.after = *cursor_;
  query.sequences = options_.sequences;
  query.limit = page_size;
  return query;
}

void redrive_core::shown(browse_page page) {
  if (!newest_)
    newest_ = page.newest;
  cursor_ = page.next && *page.next < *newest_ ? page.next : std::nullopt;
  for (const auto& item : page.items) {
    if (item.sequence > *newest_)
      return;
    auto verdict = judge(options_, item);
    count(verdict);
    if (verdict != redrive_verdict::move)
      continue;
    auto to = options_.to.empty() ? death_of(item.message)->queue : options_.to;
    waiting_.push_back({item.sequence, std::move(to), item.message});
  }
}

void redrive_core::count(redrive_verdict verdict) {
  switch (verdict) {
  case redrive_verdict::move: break; // counted when it has moved
  case redrive_verdict::skip: ++report_.skipped; break;
  case redrive_verdict::cycling: ++report_.cycling; break;
  case redrive_verdict::unknown_origin: ++report_.unknown_origin; break;
  case redrive_verdict::in_use: ++report_.in_use; break;
  }
}

// Stops at the first letter that can move, or whose queue has yet to be found.
void redrive_core::drop_misfits() {
  for (; !waiting_.empty(); waiting_.pop_front()) {
    const auto& item = waiting_.front();
    auto known = queues_.find(item.to);
    if (known == queues_.end())
      return;
    if (!known->second)
      ++report_.unknown_origin;
    else if (!fits(item.letter, *queues_.at(from_), *known->second))
      ++report_.unfit;
    else
      return;
  }
}

// -- moving ---------------------------------------------------------------------

redrive_step redrive_core::move_some(time_point now) {
  auto room = std::min(pace_.allowance(now), left());
  if (room == 0)
    return redrive_steps::sleep{pace_.next()};
  auto to = waiting_.front().to;
  auto letters = take(room);
  pace_.spend(letters.size());
  return redrive_steps::move{std::move(to), std::move(letters)};
}

// Neighbours with one destination travel together; the order is kept.
std::vector<dead_message> redrive_core::take(std::uint64_t most) {
  auto letters = std::vector<dead_message>{};
  auto to = waiting_.front().to;
  const auto& target = *queues_.at(to);
  while (!waiting_.empty() && letters.size() < most && waiting_.front().to == to
         && fits(waiting_.front().letter, *queues_.at(from_), target)) {
    letters.push_back({waiting_.front().sequence, redriven(waiting_.front().letter)});
    waiting_.pop_front();
  }
  return letters;
}

std::uint64_t redrive_core::left() const {
  if (options_.limit == 0)
    return UINT64_MAX;
  return options_.limit - std::min(options_.limit, report_.moved + report_.would_move);
}

void redrive_core::moved(move_outcome outcome) {
  report_.moved += outcome.moved;
  report_.in_use += outcome.in_use;
}

void redrive_core::failed(error why) {
  failed_ = std::move(why);
  if (report_.moved > 0)
    failed_.text = moved_so_far(report_) + failed_.text
                   + "; what moved is in its queue, the rest is where it was";
}

} // namespace ferry
