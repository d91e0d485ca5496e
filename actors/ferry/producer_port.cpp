#include "ferry/producer_port.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

constexpr auto page_messages = std::size_t{1024};
constexpr auto page_bytes = std::size_t{1} << 20;
constexpr auto longest_limit = duration{std::chrono::hours{24 * 365}};

error empty_batch(const std::string& queue) {
  return {errc::invalid_argument,
          "a batch for queue \"" + queue + "\" is empty; publish at least one message"};
}

void call(const producer_port::callback& done, const result<durability_level>& outcome) {
  try {
    done(outcome);
  } catch (...) { // documented: it has nowhere to go
  }
}

} // namespace

// -- receipt --------------------------------------------------------------------

receipt::receipt(std::shared_ptr<producer_port> port, publish_number first, publish_number last)
  : port_(std::move(port)), first_(first), last_(last) {
}

receipt::receipt(error refused) : refused_(std::move(refused)) {
}

result<durability_level> receipt::wait(std::optional<duration> limit) const {
  if (!port_)
    return refused_;
  return port_->wait(first_, last_, limit);
}

std::optional<result<durability_level>> receipt::poll() const {
  if (!port_)
    return refused_;
  return port_->poll(first_, last_);
}

// -- for users --------------------------------------------------------------------

producer_port::producer_port(std::string queue, std::size_t max_payload_bytes,
                             producer_config config)
  : queue_(std::move(queue)), max_payload_bytes_(max_payload_bytes), config_(std::move(config)) {
}

receipt producer_port::publish(envelope message, when_full policy, callback done) {
  if (auto why = objection(message); why.code != errc::none)
    return refuse(std::move(why), done);
  auto held = lock{mutex_};
  if (auto why = admit(held, {1, message.body.size()}, policy); why.code != errc::none) {
    held.unlock();
    return refuse(std::move(why), done);
  }
  append(std::move(message));
  return hand_over(held, 1, std::move(done));
}

// All of it goes into the window together, so that its numbers lie together too.
receipt producer_port::publish(message_page messages, when_full policy, callback done) {
  if (messages.empty())
    return refuse(empty_batch(queue_), done);
  auto bytes = std::size_t{0};
  for (const auto& item : messages) {
    if (auto why = objection(item); why.code != errc::none)
      return refuse(std::move(why), done);
    bytes += item.body.size();
  }
  auto held = lock{mutex_};
  if (auto why = admit(held, {messages.size(), bytes}, policy); why.code != errc::none) {
    held.unlock();
    return refuse(std::move(why), done);
  }
  auto count = messages.size();
  for (auto& item : messages.release())
    append(std::move(item));
  return hand_over(held, count, std::move(done));
}

// The actor is told once, until it has taken what waits.
receipt producer_port::hand_over(lock& held, std::size_t messages, callback done) {
  auto last = ledger_.last();
  auto first = publish_number{value_of(last) - messages + 1};
  if (done)
    callers_.emplace(last, caller{first, std::move(done)});
  if (is_due() && !std::exchange(woken_, true)) {
    auto wake = wake_;
    held.unlock();
    if (wake)
      wake();
  }
  return {shared_from_this(), first, last};
}

// Of the pages that wait, only the last one can be.
bool producer_port::is_still_filling() const noexcept {
  return !waiting_.empty() && waiting_.back().page.size() < page_messages
         && window_.back().bytes < page_bytes;
}

bool producer_port::is_due() const noexcept {
  auto full = waiting_.size() - (is_still_filling() ? 1 : 0);
  return wanted_ == haste::everything || full > 0;
}

receipt producer_port::refuse(error why, const callback& done) {
  if (done)
    call(done, why);
  return receipt{std::move(why)};
}

error producer_port::objection(const envelope& message) const {
  if (message.body.size() <= max_payload_bytes_)
    return {};
  return {errc::too_large, "payload of " + std::to_string(message.body.size())
                             + " bytes is too large for queue \"" + queue_ + "\" (limit "
                             + std::to_string(max_payload_bytes_)
                             + " bytes); raise queue_config::max_payload_bytes"};
}

error producer_port::admit(lock& held, amount wanted, when_full policy) {
  auto ready = [&] { return closed_.code != errc::none || has_room(wanted); };
  if (!ready() && policy == when_full::wait)
    changed_.wait_for(held, config_.window_timeout, ready);
  if (closed_.code != errc::none)
    return closed_;
  if (has_room(wanted))
    return {};
  return {errc::window_full, "the producer of queue \"" + queue_ + "\" has "
                               + std::to_string(window_messages_)
                               + " unconfirmed messages" + because()
                               + "; wait for receipts or raise "
                                 "producer_config::window_messages and window_bytes"};
}

// A single message, or a single batch, always fits, however large it is.
bool producer_port::has_room(amount wanted) const noexcept {
  return window_messages_ == 0
         || (window_messages_ + wanted.messages <= config_.window_messages
             && window_bytes_ + wanted.bytes <= config_.window_bytes);
}

void producer_port::append(envelope message) {
  auto number = ledger_.next();
  auto bytes = message.body.size();
  auto starts_page = waiting_.empty() || waiting_.back().page.size() >= page_messages
                     || window_.back().bytes + bytes > page_bytes;
  if (starts_page) {
    auto like_the_last = window_.empty() ? 1 : window_.back().messages;
    waiting_.push_back({number, {}});
    waiting_.back().page.reserve(std::min<std::size_t>(like_the_last, page_messages));
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
  if (!wait_until(held, limit, [&] { return ledger_.settled() >= goal && is_told(goal); }))
    return still_open(goal);
  if (auto refused = ledger_.take_first_refusal())
    return *refused;
  return success();
}

result<durability_level> producer_port::wait(publish_number first, publish_number last,
                                             std::optional<duration> limit) {
  auto held = lock{mutex_};
  if (!wait_until(held, limit, [&] { return ledger_.settled() >= last; }))
    return error{errc::timed_out, "a message to queue \"" + queue_
                                    + "\" is not confirmed yet; it is still being sent"
                                    + because()};
  return *ledger_.outcome_of(first, last);
}

error producer_port::still_open(publish_number goal) const {
  auto about = " to queue \"" + queue_ + "\" ";
  if (ledger_.settled() >= goal)
    return {errc::timed_out, "callbacks of messages" + about + "have not returned yet"};
  return {errc::timed_out, std::to_string(value_of(goal) - value_of(ledger_.settled()))
                             + " messages" + about
                             + "are not confirmed yet; they are still being sent" + because()};
}

producer_window producer_port::window() {
  auto held = lock{mutex_};
  return {window_messages_, window_bytes_, config_.window_messages, config_.window_bytes, held_};
}

// What held up a publish, at the end of a sentence about it.
std::string producer_port::because() const {
  return held_.text.empty() ? "" : " (" + held_.text + ")";
}

// A limit beyond `longest_limit` would overflow the clock: it means for ever.
bool producer_port::wait_until(lock& held, std::optional<duration> limit,
                               const std::function<bool()>& done) {
  if (limit && *limit < longest_limit)
    return changed_.wait_for(held, *limit, done);
  changed_.wait(held, done);
  return true;
}

std::optional<result<durability_level>> producer_port::poll(publish_number first,
                                                            publish_number last) {
  auto held = lock{mutex_};
  return ledger_.outcome_of(first, last);
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

std::vector<numbered_page> producer_port::take(haste how) {
  auto held = lock{mutex_};
  woken_ = false;
  wanted_ = how;
  auto end = waiting_.end();
  if (how == haste::full_pages && is_still_filling())
    --end;
  auto pages = std::vector<numbered_page>(std::make_move_iterator(waiting_.begin()),
                                          std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  return pages;
}

// A gap tells only that something before it is held.
void producer_port::settle(const publish_outcome& outcome) {
  auto held = lock{mutex_};
  if (outcome.held.code != errc::none || outcome.resend_from == publish_number::none)
    held_ = outcome.held;
  ledger_.settle(outcome);
  tell(held);
}

void producer_port::hold(error why) {
  auto held = lock{mutex_};
  held_ = std::move(why);
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
  if (window_.empty())
    held_ = {}; // there is nothing to hold
}

// Whoever calls back waits for no callbacks: not for itself, nor for one that may wait
// for it.
bool producer_port::is_told(publish_number goal) const {
  auto calls = [me = std::this_thread::get_id()](const auto& item) { return item.second == me; };
  return telling_.upper_bound(goal) == telling_.begin() || std::ranges::any_of(telling_, calls);
}

// Callbacks run without the lock: they may publish. What they throw ends here,
// because the producer's actor has other messages to send.
void producer_port::tell(lock& held) {
  release_window();
  auto due = std::vector<std::pair<callback, result<durability_level>>>{};
  auto oldest = callers_.empty() ? publish_number::none : callers_.begin()->first;
  while (!callers_.empty() && callers_.begin()->first <= ledger_.settled()) {
    auto node = callers_.extract(callers_.begin());
    auto& [first, done] = node.mapped();
    due.emplace_back(std::move(done), *ledger_.outcome_of(first, node.key()));
  }
  auto mine = telling_.end();
  if (!due.empty())
    mine = telling_.emplace(oldest, std::this_thread::get_id());
  held.unlock(); // whoever is woken wants it
  changed_.notify_all();
  if (due.empty())
    return;
  for (auto& [done, outcome] : due)
    call(done, outcome);
  due.clear(); // with what the callbacks hold
  held.lock();
  telling_.erase(mine);
  held.unlock();
  changed_.notify_all();
}

} // namespace ferry
