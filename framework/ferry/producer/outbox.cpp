#include "ferry/producer/outbox.hpp"

#include <cassert>

namespace ferry {

namespace {

using namespace std::chrono_literals;

const auto resend_policy = retry_policy{retry_growth::exponential, 100ms, 30s, 2.0, 0.2};

publish_number last_of(publish_number first, const message_page& page) {
  return advanced(first, page.size() - 1);
}

} // namespace

std::optional<outbox_batch> outbox::add(publish_number first, shared_page page) {
  assert(pages_.empty() || advanced(last_of(pages_.back().first, *pages_.back().page), 1) == first);
  pages_.push_back({first, std::move(page)});
  if (due_)
    return std::nullopt;
  return batch(pages_.back());
}

void outbox::confirm(publish_number up_to) {
  while (!pages_.empty() && last_of(pages_.front().first, *pages_.front().page) <= up_to) {
    pages_.pop_front();
    failures_ = 0;
  }
  if (pages_.empty())
    due_.reset();
}

void outbox::fail(time_point now, std::uint64_t round, double random) {
  if (due_ || round != round_ || pages_.empty())
    return;
  ++failures_;
  due_ = later(now, wait_after(resend_policy, failures_, random));
}

std::vector<outbox_batch> outbox::take_due(time_point now) {
  auto again = std::vector<outbox_batch>{};
  if (!due_ || *due_ > now)
    return again;
  due_.reset();
  ++round_;
  for (const auto& item : pages_)
    again.push_back(batch(item));
  return again;
}

outbox_batch outbox::batch(const entry& item) const {
  return {pages_.front().first, item.first, item.page, round_};
}

} // namespace ferry
