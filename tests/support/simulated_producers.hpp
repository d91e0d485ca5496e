// Producers of a simulated world: each keeps what is unconfirmed and can send any
// part of it again.

#pragma once

#include "support/builders.hpp"

#include "ferry/message_options.hpp"
#include "ferry/queue/queue_core.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ferry::testing {

class simulated_producers {
public:
  // -- modifiers --------------------------------------------------------------

  /// Adds `count` messages of different sizes; their texts are unique. Some have an
  /// id, of few there are, and some a lease.
  [[nodiscard]] publish_request add(session_id session, std::uint32_t count, std::uint32_t size) {
    auto& from = senders_[session];
    auto skip = from.unconfirmed.size();
    for (auto i = std::uint32_t{1}; i <= count; ++i) {
      auto text = std::to_string(value_of(session)) + "." + std::to_string(value_of(from.next));
      auto item = envelope(text + std::string(size * i % 30, '.'));
      item.headers = headers_of(options_of(size + i));
      from.unconfirmed.emplace_back(from.next, std::move(item));
      from.next = advanced(from.next, 1);
    }
    return batch(session, skip);
  }

  void confirm(session_id session, publish_number up_to) {
    auto& waiting = senders_[session].unconfirmed;
    while (!waiting.empty() && waiting.front().first <= up_to)
      waiting.pop_front();
  }

  // -- properties -------------------------------------------------------------

  /// Everything unconfirmed, but the first `skip`.
  /// Expects   fewer to skip than there are
  [[nodiscard]] publish_request batch(session_id session, std::size_t skip) const {
    const auto& waiting = senders_.at(session).unconfirmed;
    auto page = message_page{};
    for (auto at = skip; at < waiting.size(); ++at)
      page.push_back(waiting[at].second);
    return {session, waiting.front().first, waiting[skip].first,
            std::make_shared<const message_page>(std::move(page)), false, true};
  }

  [[nodiscard]] std::size_t unconfirmed(session_id session) const {
    auto found = senders_.find(session);
    return found == senders_.end() ? 0 : found->second.unconfirmed.size();
  }

  /// The sessions that have something unconfirmed.
  [[nodiscard]] std::vector<session_id> waiting() const {
    auto found = std::vector<session_id>{};
    for (const auto& [session, from] : senders_)
      if (!from.unconfirmed.empty())
        found.push_back(session);
    return found;
  }

private:
  [[nodiscard]] static message_options options_of(std::uint32_t number) {
    auto options = message_options{};
    if (number % 4 == 1)
      options.id = letter(number / 4 % 5 + 1);
    if (number % 7 == 2)
      options.lease = number % 2 == 0 ? duration{5s} : duration{2min};
    return options;
  }

  struct sender {
    publish_number next{1};
    std::deque<std::pair<publish_number, ferry::envelope>> unconfirmed;
  };

  std::map<session_id, sender> senders_;
};

} // namespace ferry::testing
