// Pages of messages on their way to a queue on another node: who waits for the receipt
// of each, and what of it is still to be sent.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/queue/piecewise_page.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace ferry {

/// Names a page that is under way, or a piece of one; never reused.
enum class page_id : std::uint64_t { none = 0 };

/// A page, and `asker`, who waits for its receipt.
template <class Asker>
struct travelling_page {
  travelling_page(publish_request whole, Asker who)
    : session(whole.session),
      first(whole.first),
      pieces(std::move(whole)),
      asker(std::move(who)) {
  }

  session_id session;
  publish_number first;
  piecewise_page pieces;
  Asker asker;
};

/// Remembers pages until they are answered. A link loses nothing while it holds: what is
/// on its way is not sent twice, however long the answer takes, and whoever asked last
/// gets it.
///
/// Errors      None.
/// Cost        O(log pages) per call, `pass_on` O(pages).
/// Threads     One owner at a time; no locking inside.
template <class Asker>
class pages_under_way {
public:
  // -- modifiers --------------------------------------------------------------

  /// Notes that the page, or a piece of it, was sent.
  page_id add(travelling_page<Asker> page) {
    last_ = advanced(last_, 1);
    pages_.emplace_hint(pages_.end(), last_, std::move(page));
    return last_;
  }

  /// Ends `page`, because what was sent of it is answered or lost.
  /// Expects   that it is under way
  [[nodiscard]] travelling_page<Asker> take(page_id page) {
    return std::move(pages_.extract(page).mapped());
  }

  /// Has `asker` wait for `again` if it is under way already; returns who waited before.
  /// Errors    `nullopt`: it is not, and is to be sent
  [[nodiscard]] std::optional<Asker> pass_on(const publish_request& again, const Asker& asker) {
    if (again.is_resend)
      for (auto& [id, page] : pages_)
        if (page.session == again.session && page.first == again.first)
          return std::exchange(page.asker, asker);
    return std::nullopt;
  }

private:
  std::map<page_id, travelling_page<Asker>> pages_;
  page_id last_{};
};

} // namespace ferry
