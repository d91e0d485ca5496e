#include "ferry/producer/outbox.hpp"

#include <cassert>
#include <cstddef>
#include <memory>
#include <utility>

namespace ferry {

namespace {

using namespace std::chrono_literals;

const auto resend_policy = retry_policy{retry_growth::exponential, 100ms, 30s, 2.0, 0.2};

} // namespace

std::optional<outbox_batch> outbox::add(time_point now, outbox_page page) {
  return keep(now, std::move(page), false);
}

std::optional<outbox_batch> outbox::restore(time_point now, outbox_page page) {
  return keep(now, std::move(page), true);
}

std::optional<outbox_batch> outbox::keep(time_point now, outbox_page page, bool was_sent) {
  assert(pages_.empty() || advanced(pages_.back().content.last(), 1) == page.first);
  pages_.push_back({std::move(page), now, now, was_sent});
  if (due_)
    return std::nullopt;
  return batch(now, pages_.back());
}

void outbox::confirm(publish_number up_to) {
  if (up_to > confirmed_) { // part of a page is progress as well
    confirmed_ = up_to;
    failures_ = 0;
  }
  while (!pages_.empty() && pages_.front().content.last() <= up_to)
    drop_oldest();
  if (!pages_.empty() && pages_.front().content.first <= up_to)
    cut_oldest(up_to);
}

// Giving up is no progress: the wait keeps its length.
std::optional<publish_number> outbox::give_up(time_point now) {
  auto last = std::optional<publish_number>{};
  for (auto due = next_give_up(); due && *due <= now; due = next_give_up()) {
    last = pages_.front().content.last();
    drop_oldest();
  }
  return last;
}

std::optional<time_point> outbox::next_give_up() const {
  if (pages_.empty() || !limits_.give_up_after)
    return std::nullopt;
  return later(pages_.front().since, *limits_.give_up_after);
}

void outbox::drop_oldest() {
  pages_.pop_front();
  if (pages_.empty())
    due_.reset();
}

bool outbox::fail(time_point now, std::uint64_t round, double random) {
  if (round != round_ || pages_.empty())
    return false;
  if (!due_)
    due_ = later(now, wait_after(resend_policy, ++failures_, random));
  return true;
}

void outbox::cut_oldest(publish_number up_to) {
  auto& [first, page] = pages_.front().content;
  auto confirmed = static_cast<std::ptrdiff_t>(value_of(up_to) - value_of(first) + 1);
  page = std::make_shared<const message_page>(page->begin() + confirmed, page->end());
  first = advanced(up_to, 1);
}

// The oldest page was sent first, so none is overdue before it is.
void outbox::miss_answers(time_point now, double random) {
  if (next_overdue().value_or(never) <= now)
    fail(now, round_, random);
}

std::optional<time_point> outbox::next_overdue() const {
  if (due_ || pages_.empty())
    return std::nullopt;
  return later(pages_.front().sent, limits_.confirm_timeout);
}

std::vector<outbox_batch> outbox::take_due(time_point now) {
  auto again = std::vector<outbox_batch>{};
  if (!due_ || *due_ > now)
    return again;
  due_.reset();
  ++round_;
  for (auto& item : pages_)
    again.push_back(batch(now, item));
  return again;
}

std::vector<outbox_batch> outbox::send_rest(time_point now, std::uint64_t round) {
  if (round != round_ || pages_.empty())
    return {};
  due_ = now;
  return take_due(now);
}

std::vector<outbox_batch> outbox::cut_wait(time_point now) {
  if (due_)
    due_ = now;
  return take_due(now);
}

outbox_batch outbox::batch(time_point now, entry& item) const {
  item.sent = now;
  auto is_resend = std::exchange(item.was_sent, true);
  return {pages_.front().content.first, item.content.first, item.content.page, round_, is_resend};
}

} // namespace ferry
