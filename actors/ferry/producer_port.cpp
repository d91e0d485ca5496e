#include "ferry/producer_port.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

constexpr auto page_messages = std::size_t{1024};
constexpr auto page_bytes = std::size_t{1} << 20;
constexpr auto longest_limit = duration{std::chrono::hours{24 * 365}};

void call(const producer_port::callback& done, const result<durability_level>& outcome) {
  try {
    done(outcome);
  } catch (...) { // documented: it has nowhere to go
  }
}

} // namespace

// -- receipt --------------------------------------------------------------------

receipt::receipt(std::shared_ptr<producer_port> port, publish_number number)
  : port_(std::move(port)), number_(number) {
}

receipt::receipt(error refused) : refused_(std::move(refused)) {
}

result<durability_level> receipt::wait(std::optional<duration> limit) const {
  if (!port_)
    return refused_;
  return port_->wait(number_, limit);
}

std::optional<result<durability_level>> receipt::poll() const {
  if (!port_)
    return refused_;
  return port_->poll(number_);
}

// -- for users --------------------------------------------------------------------

producer_port::producer_port(std::string queue, std::size_t max_payload_bytes,
                             producer_config config)
  : queue_(std::move(queue)), max_payload_bytes_(max_payload_bytes), config_(std::move(config)) {
}

receipt producer_port::publish(envelope message, when_full policy, callback done) {
  auto held = lock{mutex_};
  if (auto why = admit(held, message, policy); why.code != errc::none) {
    held.unlock();
    return refuse(std::move(why), done);
  }
  append(std::move(message));
  auto number = ledger_.last();
  if (done)
    callbacks_.emplace(number, std::move(done));
  if (!std::exchange(woken_, true)) {
    auto wake = wake_;
    held.unlock();
    if (wake)
      wake();
  }
  return {shared_from_this(), number};
}

receipt producer_port::refuse(error why, const callback& done) {
  if (done)
    call(done, why);
  return receipt{std::move(why)};
}

error producer_port::admit(lock& held, const envelope& message, when_full policy) {
  auto bytes = message.body.size();
  if (bytes > max_payload_bytes_)
    return {errc::too_large, "payload of " + std::to_string(bytes)
                               + " bytes is too large for queue \"" + queue_ + "\" (limit "
                               + std::to_string(max_payload_bytes_)
                               + " bytes); raise queue_config::max_payload_bytes"};
  auto ready = [&] { return closed_.code != errc::none || has_room(bytes); };
  if (!ready() && policy == when_full::wait)
    changed_.wait_for(held, config_.window_timeout, ready);
  if (closed_.code != errc::none)
    return closed_;
  if (has_room(bytes))
    return {};
  return {errc::window_full, "the producer of queue \"" + queue_ + "\" has "
                               + std::to_string(window_messages_)
                               + " unconfirmed messages; wait for receipts or raise "
                                 "producer_config::window_messages and window_bytes"};
}

// A single message always fits, however large it is.
bool producer_port::has_room(std::size_t bytes) const noexcept {
  return window_messages_ == 0
         || (window_messages_ < config_.window_messages
             && window_bytes_ + bytes <= config_.window_bytes);
}

void producer_port::append(envelope message) {
  auto number = ledger_.next();
  auto bytes = message.body.size();
  auto starts_page = waiting_.empty() || waiting_.back().page.size() >= page_messages
                     || window_.back().bytes + bytes > page_bytes;
  if (starts_page) {
    waiting_.push_back({number, {}});
    window_.emplace_back();
  }
  waiting_.back().page.push_back(std::move(message));
  window_.back().last = number;
  window_.back().messages += 1;
  window_.back().bytes += bytes;
  window_messages_ += 1;
  window_bytes_ += bytes;
}

status producer_port::wait_all(std::optional<duration> limit) {
  auto held = lock{mutex_};
  auto goal = ledger_.last();
  if (!wait_until(held, goal, limit))
    return error{errc::timed_out,
                 std::to_string(value_of(goal) - value_of(ledger_.settled()))
                   + " messages to queue \"" + queue_
                   + "\" are not confirmed yet; they are still being sent"};
  if (auto refused = ledger_.take_first_refusal())
    return *refused;
  return success();
}

result<durability_level> producer_port::wait(publish_number number,
                                             std::optional<duration> limit) {
  auto held = lock{mutex_};
  if (!wait_until(held, number, limit))
    return error{errc::timed_out, "a message to queue \"" + queue_
                                    + "\" is not confirmed yet; it is still being sent"};
  return *ledger_.outcome_of(number);
}

// A limit beyond `longest_limit` would overflow the clock: it means for ever.
bool producer_port::wait_until(lock& held, publish_number goal, std::optional<duration> limit) {
  auto done = [&] { return ledger_.settled() >= goal; };
  if (limit && *limit < longest_limit)
    return changed_.wait_for(held, *limit, done);
  changed_.wait(held, done);
  return true;
}

std::optional<result<durability_level>> producer_port::poll(publish_number number) {
  auto held = lock{mutex_};
  return ledger_.outcome_of(number);
}

// -- for the actor ------------------------------------------------------------------

void producer_port::restore(publish_number next, std::span<const outbox_page> kept) {
  auto held = lock{mutex_};
  auto oldest = kept.empty() ? next : kept.front().first;
  ledger_ = {publish_number{value_of(oldest) - 1}, publish_number{value_of(next) - 1}};
  for (const auto& item : kept) {
    window_.push_back({item.last(), item.page->size(), 0});
    for (const auto& message : *item.page)
      window_.back().bytes += message.body.size();
    window_messages_ += window_.back().messages;
    window_bytes_ += window_.back().bytes;
  }
}

void producer_port::connect(std::function<void()> wake) {
  auto held = lock{mutex_};
  wake_ = std::move(wake);
}

std::vector<numbered_page> producer_port::take() {
  auto held = lock{mutex_};
  woken_ = false;
  auto pages = std::vector<numbered_page>(std::make_move_iterator(waiting_.begin()),
                                          std::make_move_iterator(waiting_.end()));
  waiting_.clear();
  return pages;
}

void producer_port::settle(const publish_outcome& outcome) {
  auto held = lock{mutex_};
  ledger_.settle(outcome);
  tell(held);
}

void producer_port::give_up(publish_number up_to, const error& last_failure) {
  auto held = lock{mutex_};
  auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(*config_.give_up_after);
  auto reason = last_failure.text.empty() ? "it did not answer" : last_failure.text;
  ledger_.give_up(up_to,
                  {errc::timed_out,
                   "a message to queue \"" + queue_ + "\" was not confirmed within "
                     + std::to_string(limit.count())
                     + " ms (producer_config::give_up_after); it is not sent again, and may or "
                       "may not have been stored: " + reason});
  tell(held);
}

void producer_port::fail(const error& why) {
  auto held = lock{mutex_};
  ledger_.fail(why);
  if (closed_.code == errc::none)
    closed_ = why;
  waiting_.clear();
  tell(held);
}

void producer_port::close() {
  auto held = lock{mutex_};
  if (closed_.code == errc::none)
    closed_ = {errc::closed,
               "the producer of queue \"" + queue_ + "\" is closed; open its broker again"};
  changed_.notify_all();
}

void producer_port::release_window() {
  while (!window_.empty() && window_.front().last <= ledger_.settled()) {
    window_messages_ -= window_.front().messages;
    window_bytes_ -= window_.front().bytes;
    window_.pop_front();
  }
}

// Callbacks run without the lock: they may publish. What they throw ends here,
// because the producer's actor has other messages to send.
void producer_port::tell(lock& held) {
  release_window();
  changed_.notify_all();
  auto due = std::vector<std::pair<callback, result<durability_level>>>{};
  while (!callbacks_.empty() && callbacks_.begin()->first <= ledger_.settled()) {
    auto node = callbacks_.extract(callbacks_.begin());
    due.emplace_back(std::move(node.mapped()), *ledger_.outcome_of(node.key()));
  }
  held.unlock();
  for (auto& [done, outcome] : due)
    call(done, outcome);
}

} // namespace ferry
