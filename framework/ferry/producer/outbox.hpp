// What a producer published and has not had confirmed: kept, sent, and sent again.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/message.hpp"
#include "ferry/retry/retry_policy.hpp"
#include "ferry/time.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace ferry {

/// Messages with consecutive publish numbers.
/// Shape   message i of `page` is publish `first + i`; at least one.
struct outbox_page {
  publish_number first{};
  shared_page page;

  [[nodiscard]] publish_number last() const noexcept {
    return advanced(first, page->size() - 1);
  }
};

/// A page on its way to the queue.
/// Shape   as `outbox_page`
struct outbox_batch {
  publish_number oldest{}; // neither confirmed nor given up, at the time of sending
  publish_number first{};
  shared_page page;
  std::uint64_t round = 0; // how often everything was sent again before
  bool is_resend = false;  // this page was sent before
};

/// What an outbox takes of the messages that wait for it.
enum class haste : std::uint8_t {
  everything,
  full_pages, // a page that still fills goes when all before it are confirmed
};

/// Where what an outbox holds is written as well.
enum class outbox_record : std::uint8_t { none, file };

/// How long an outbox is patient, and what it stands for.
struct outbox_limits {
  duration confirm_timeout = std::chrono::seconds{10}; // without an answer: sent again
  std::optional<duration> give_up_after = {};          // then it has failed; none: never
  outbox_record record = outbox_record::none;          // where it is safe from then on
};

/// Keeps unconfirmed pages in order, and decides when to send them.
///
/// While all is well each page goes out once, at once. After a failure, a gap or
/// `confirm_timeout` without an answer nothing goes out until a wait is over; then
/// everything goes out again, in order. The wait grows from 100 ms to 30 s and starts
/// anew with each progress.
/// This goes on for ever, unless there is a limit after which pages are given up:
/// the oldest first, and the others keep their order and their numbers.
///
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      None. Answers to an earlier round still confirm, and never start
///             another wait.
/// Threads     One owner at a time; no locking inside.
class outbox {
public:
  explicit outbox(session_id session, outbox_limits limits = {})
    : session_(session), limits_(limits) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Keeps `page` from `now` on; returns it to be sent unless everything waits.
  /// Expects   numbers without a gap: the page follows the one before
  [[nodiscard]] std::optional<outbox_batch> add(time_point now, outbox_page page);

  /// As `add`, for a page that an earlier life of the producer may have sent.
  [[nodiscard]] std::optional<outbox_batch> restore(time_point now, outbox_page page);

  /// Lets go of everything up to `up_to`: a page that ends behind it is cut, because the
  /// next batch says that its producer has heard of what is before (`oldest`).
  void confirm(publish_number up_to);

  /// Lets go of every page that was kept for as long as the limit allows; returns
  /// the last number among them, or `nullopt` when there was none.
  [[nodiscard]] std::optional<publish_number> give_up(time_point now);

  /// Notes that a batch of `round` failed, or arrived after a gap; answers whether
  /// everything waits because of that. What was sent again since then does not.
  /// Range    `random` in [0, 1) spreads the wait
  bool fail(time_point now, std::uint64_t round, double random);

  /// As `fail`, where the oldest page has waited too long for its answer.
  void miss_answers(time_point now, double random);

  /// Everything that is to be sent again at `now`, in order.
  [[nodiscard]] std::vector<outbox_batch> take_due(time_point now);

  /// What a batch of `round` left over is to be sent without a wait: everything, in order;
  /// nothing where it was sent again since then. That is no failure.
  [[nodiscard]] std::vector<outbox_batch> send_rest(time_point now, std::uint64_t round);

  /// Everything that waits to be sent again, without the rest of the wait: there is
  /// room where there was none.
  [[nodiscard]] std::vector<outbox_batch> cut_wait(time_point now);

  // -- properties -------------------------------------------------------------

  /// When everything is sent again, or `nullopt` while all is well.
  [[nodiscard]] std::optional<time_point> next_due() const noexcept {
    return due_;
  }

  /// From when on the oldest answer is overdue, or `nullopt` while none is awaited.
  [[nodiscard]] std::optional<time_point> next_overdue() const;

  /// When the oldest page is given up, or `nullopt` for never.
  [[nodiscard]] std::optional<time_point> next_give_up() const;

  [[nodiscard]] session_id session() const noexcept {
    return session_;
  }

  [[nodiscard]] bool empty() const noexcept {
    return pages_.empty();
  }

  /// What is to be added now. While a page is unconfirmed, single messages gather to
  /// the next one instead of each travelling alone (Nagle's rule, RFC 896): they
  /// would wait for the commit under way in any case. What is to be recorded in a file,
  /// or given up in time, is added at once all the same: that counts from here.
  [[nodiscard]] haste wants() const noexcept {
    auto gathers = limits_.record == outbox_record::none && !limits_.give_up_after;
    return gathers && !pages_.empty() ? haste::full_pages : haste::everything;
  }

private:
  struct entry {
    outbox_page content;
    time_point since{};
    time_point sent{}; // last
    bool was_sent = false;
  };

  [[nodiscard]] std::optional<outbox_batch> keep(time_point now, outbox_page page,
                                                 bool was_sent);
  [[nodiscard]] outbox_batch batch(time_point now, entry& item) const;
  void drop_oldest();
  void cut_oldest(publish_number up_to);

  session_id session_;
  outbox_limits limits_;
  std::deque<entry> pages_;
  std::uint64_t round_ = 0;
  publish_number confirmed_{};
  std::uint32_t failures_ = 0; // since the last progress
  std::optional<time_point> due_;
};

} // namespace ferry
