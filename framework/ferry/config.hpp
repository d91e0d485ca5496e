// The options of queues, producers, consumers and supervisors: defaults, ranges, and how a
// queue's options are written down so that a later declaration can be compared.

#pragma once

#include "ferry/result.hpp"
#include "ferry/retry/failure_rules.hpp"
#include "ferry/retry/retry_policy.hpp"
#include "ferry/supervision/supervision_config.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry {

/// Where a queue keeps its messages.
enum class durability : std::uint8_t {
  memory, // gone with the process
  disk,   // confirmed only when SQLite committed it with synchronous=FULL
};

/// What happens to a message that was rejected or delivered too often.
enum class last_resort : std::uint8_t {
  dead_letter, // moves to the dead-letter queue, in one commit
  keep,        // comes back after the longest wait; dead-letter queues do this
  discard,     // is erased and counted
};

/// What happens to a message that is published to a full queue.
enum class overflow : std::uint8_t {
  block,       // it waits at its producer, which tries again until there is room
  dead_letter, // it is confirmed, and becomes a dead letter at once
};

/// What happens to a message that is published to a memory queue whose RAM is used up.
enum class over_budget : std::uint8_t {
  block,  // it waits at its producer, until half of the RAM is free again
  refuse, // it is refused with errc::queue_full, and its producer goes on
  spill,  // it lies in the journal until it is its turn; gone with the process all the same
};

[[nodiscard]] std::string_view to_string(durability kind) noexcept;
[[nodiscard]] std::string_view to_string(last_resort kind) noexcept;
[[nodiscard]] std::string_view to_string(overflow kind) noexcept;
[[nodiscard]] std::string_view to_string(over_budget kind) noexcept;

/// The options of one queue. All but the name of the queue are stored with it;
/// declaring it again with other options is refused.
struct queue_config {
  ferry::durability durability = ferry::durability::disk;
  std::uint32_t max_deliveries = 10;          // the first included; 0: no limit, `keep` only
  duration lease = std::chrono::seconds{30};  // time for a handler to settle, 1 ms to 30 days
  duration longest_lease = std::chrono::hours{12}; // with all renewals, 1 ms to 30 days
  retry_policy retry = {};                    // the wait after a nack; ranges: its own
  std::vector<failure_rule> failures = {};    // which nacks are fatal or pause the queue
  duration pause = std::chrono::seconds{30};  // how long such a nack pauses it, 1 ms to 30 days
  ferry::last_resort last_resort = ferry::last_resort::dead_letter;
  std::string dead_letter_queue = {};         // empty: "<name>.dead"
  std::size_t max_payload_bytes = std::size_t{16} << 20; // 1 to 512 MiB
  std::size_t resident_bytes = std::size_t{64} << 20;    // RAM for what waits, from 64 KiB; the
                                                         // rest stays on disk
  ferry::over_budget over_budget = ferry::over_budget::block; // the rest of a memory queue;
                                              // spill wants a broker with a journal
  std::uint64_t max_messages = 0;             // that have not ended, from 1; 0: no limit
  std::uint64_t max_bytes = 0;                // payload that has not ended, from 1; 0: no limit;
                                              // an empty queue takes one message in any case
  ferry::overflow overflow = ferry::overflow::block; // what becomes of one more; dead_letter only
                                                     // where last_resort is dead_letter too
  std::uint32_t deduplication_ids = 100'000; // ids of stored messages to know again, to
                                             // 10,000,000; 0: off
  duration deduplication_time = std::chrono::hours{24}; // for ids and sessions, 1 s to 365 days
  std::uint32_t handled_ids = 0; // ids of handled messages to know again, to 10,000,000; 0: off

  friend bool operator==(const queue_config&, const queue_config&) = default;
};

/// The options of one producer.
struct producer_config {
  std::uint32_t window_messages = 65536;               // unconfirmed at most, from 1
  std::size_t window_bytes = std::size_t{32} << 20;    // unconfirmed payload at most, from 1
  duration confirm_timeout = std::chrono::seconds{10}; // then it is sent again; 1 ms to 24 h
  duration window_timeout = std::chrono::seconds{60};  // publish() waits for room, 0 to 365 days
  std::optional<duration> give_up_after = {}; // then it has failed; 1 ms to 365 days; none: never
  std::string outbox = {}; // a file of its own that keeps what is unconfirmed; empty: none
};

/// On which threads a handler runs.
enum class handler_threads : std::uint8_t {
  own,    // one thread per concurrent handler: it may block (the default)
  shared, // CAF's worker threads: it must not block
};

/// The options of one group of consumers.
struct consumer_config {
  std::uint32_t concurrency = 1;                     // handlers side by side, 1 to 1024
  std::uint32_t prefetch_messages = 256;             // unsettled per handler, from 1
  std::size_t prefetch_bytes = std::size_t{8} << 20; // the same in payload, from 1; one message
                                                     // always fits
  handler_threads threads = handler_threads::own;
  std::string name = {};                 // stands in histories; empty: "consumer-<number>"
  std::optional<duration> lease = {};    // instead of the queue's, 1 ms to 30 days
  restart_config restarts = {}; // per handler: a group bears `concurrency` times as many
};

/// Whether a queue keeps in the journal what it has no RAM for.
[[nodiscard]] bool spills(const queue_config& config) noexcept;

/// Whether such a queue has a dead-letter queue.
[[nodiscard]] bool wants_dead_letters(const queue_config& config) noexcept;

/// The dead-letter queue of `name`: the configured one, or "<name>.dead".
[[nodiscard]] std::string dead_letter_name(std::string_view name, const queue_config& config);

/// What a dead-letter queue is declared with when `config`'s queue needs one:
/// as durable as its origin, without a limit, and losing nothing. It spills where its
/// origin does.
[[nodiscard]] queue_config dead_letter_config(const queue_config& config);

/// Explains what is wrong with a queue's name, or `errc::none`.
/// Range   1 to 200 bytes of letters, digits and ". _ - / :"
[[nodiscard]] error check_queue_name(std::string_view name);

/// Explains every option out of range, in one text, or `errc::none`.
[[nodiscard]] error check(std::string_view queue, const queue_config& config);
[[nodiscard]] error check(const producer_config& config);
[[nodiscard]] error check(const consumer_config& config);
[[nodiscard]] error check(const retry_policy& policy);
[[nodiscard]] error check(const supervision_config& config);

/// A queue's options as names and texts, the form in which a journal keeps them.
using option_list = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] option_list to_options(const queue_config& config);

/// Reads what `to_options` wrote. Options that are missing keep their default,
/// so that a later version can add some.
[[nodiscard]] result<queue_config> from_options(const option_list& options);

/// Names every option in which the two differ: "lease_ns is 30000000000, asked
/// for 1000000000"; empty when they are equal.
[[nodiscard]] std::string difference(const queue_config& present, const queue_config& asked);

} // namespace ferry
