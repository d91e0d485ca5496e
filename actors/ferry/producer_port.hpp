// Where the user's threads and a producer's actor meet: messages wait here to be
// sent, and receipts wait here to be looked up. Users see it as producer<T>.

#pragma once

#include "ferry/config.hpp"
#include "ferry/message.hpp"
#include "ferry/producer/confirm_ledger.hpp"
#include "ferry/producer/outbox.hpp"
#include "ferry/receipt.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace ferry {

/// What publish does when the window is full.
enum class when_full : std::uint8_t { wait, refuse };

/// What a producer has unconfirmed, how much that may be, and why it is not less.
struct producer_window {
  std::uint64_t messages = 0;
  std::size_t bytes = 0; // of payload
  std::uint64_t max_messages = 0;
  std::size_t max_bytes = 0;
  error held = {}; // what keeps the queue from taking more; errc::none: nothing does
};

/// Messages with consecutive publish numbers, cut off for the outbox.
struct numbered_page {
  publish_number first{};
  message_page page;
};

/// Numbers messages, keeps the window, and tells outcomes.
///
/// Bounds      `producer_config`'s window limits what is unconfirmed.
/// Threads     any
class producer_port : public std::enable_shared_from_this<producer_port> {
public:
  using callback = std::function<void(const result<durability_level>&)>;

  producer_port(std::string queue, std::size_t max_payload_bytes, producer_config config);

  // -- for users --------------------------------------------------------------

  /// Hands `message` over to be sent. `done` is called once, by the producer's
  /// actor or, where the message is refused at once, by the caller; it must not
  /// block, and what it throws is ignored.
  /// Errors   too_large, window_full, closed: in the receipt, and `done` is called
  [[nodiscard]] receipt publish(envelope message, when_full policy, callback done = {});

  /// The same for many, all or none of them: one receipt, and one call of `done`,
  /// stand for all. A batch that is larger than the window goes when that is empty.
  /// Errors   invalid_argument as well: none at all
  [[nodiscard]] receipt publish(message_page messages, when_full policy, callback done = {});

  /// A receipt for a message that never got so far; `done` is called.
  [[nodiscard]] static receipt refuse(error why, const callback& done);

  /// Waits until everything published so far is confirmed or refused, and its `done`
  /// has returned. Called by a `done` of this port, it waits for none of them.
  /// Errors   the first refusal since the last call; timed_out
  [[nodiscard]] status wait_all(std::optional<duration> limit);

  [[nodiscard]] producer_window window();

  [[nodiscard]] result<durability_level> wait(publish_number first, publish_number last,
                                              std::optional<duration> limit);
  [[nodiscard]] std::optional<result<durability_level>> poll(publish_number first,
                                                             publish_number last);

  // -- for the actor ----------------------------------------------------------

  /// Goes on after the numbers of an earlier life, whose `kept` pages fill the window
  /// until they are confirmed. Comes before the first publish.
  void restore(publish_number next, std::span<const outbox_page> kept);

  /// Calls `wake` whenever messages begin to wait; `take` fetches them. After
  /// `haste::full_pages` it calls when a page is full.
  void connect(std::function<void()> wake);
  [[nodiscard]] std::vector<numbered_page> take(haste how);

  [[nodiscard]] const producer_config& config() const noexcept {
    return config_;
  }

  /// Notes what became of publishes.
  void settle(const publish_outcome& outcome);

  /// Notes what keeps publishes from being confirmed; `settle` tells when it is over.
  void hold(error why);

  /// Refuses what is unconfirmed up to `up_to`, because it took too long;
  /// `last_failure` is why it was not confirmed, if that is known.
  /// Expects  a `producer_config::give_up_after`
  void give_up(publish_number up_to, const error& last_failure);

  /// Refuses everything that is unconfirmed, and all that comes.
  void fail(const error& why);

  /// Refuses all that comes, while what was taken is still sent.
  void close();

private:
  using lock = std::unique_lock<std::mutex>;

  struct amount {
    std::size_t messages = 0;
    std::size_t bytes = 0;
  };

  struct taken_page { // of the window
    publish_number last{};
    std::uint64_t messages = 0;
    std::size_t bytes = 0;
  };

  /// Whom to tell when `first` to the key it stands under have ended.
  struct caller {
    publish_number first{};
    callback done;
  };

  [[nodiscard]] error objection(const envelope& message) const;
  [[nodiscard]] error admit(lock& held, amount wanted, when_full policy);
  [[nodiscard]] bool has_room(amount wanted) const noexcept;
  void append(envelope message);
  [[nodiscard]] bool is_still_filling() const noexcept;
  [[nodiscard]] bool is_due() const noexcept;
  [[nodiscard]] receipt hand_over(lock& held, std::size_t messages, callback done);
  [[nodiscard]] bool wait_until(lock& held, std::optional<duration> limit,
                                const std::function<bool()>& done);
  [[nodiscard]] error still_open(publish_number goal) const;
  [[nodiscard]] std::string because() const;
  void release_window();
  void tell(lock& held);
  [[nodiscard]] bool is_told(publish_number goal) const;

  const std::string queue_;
  const std::size_t max_payload_bytes_;
  const producer_config config_;

  std::mutex mutex_;
  std::condition_variable changed_; // something was settled, or the port closed
  std::function<void()> wake_;
  bool woken_ = false; // the actor was told and has not taken yet
  haste wanted_ = haste::everything; // by the actor, when it took last
  std::deque<numbered_page> waiting_;
  std::deque<taken_page> window_;
  std::uint64_t window_messages_ = 0;
  std::size_t window_bytes_ = 0;
  confirm_ledger ledger_;
  std::map<publish_number, caller> callers_; // by last number
  std::multimap<publish_number, std::thread::id> telling_; // who calls, from which number on
  error held_;   // why nothing more is confirmed at present
  error closed_; // why nothing more is taken
};

} // namespace ferry
