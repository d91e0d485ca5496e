// What a queue has done and holds, as plain numbers, and the one list that names
// and explains them. docs/figures.md says where each is counted.

#pragma once

#include "ferry/metrics/figure.hpp"
#include "ferry/metrics/latency_histogram.hpp"
#include "ferry/time.hpp"

#include <array>
#include <cstdint>

namespace ferry {

/// Counters and latencies since the queue was opened, and its present state.
/// Counters never go down; its state does. Figures of several queues can be
/// summed, and the ratios of the sum are the ratios of all.
struct queue_figures {
  // -- counters ---------------------------------------------------------------
  std::uint64_t published = 0;     // accepted, duplicates not included
  std::uint64_t retransmitted = 0; // arrived in a batch that was sent again
  std::uint64_t duplicates = 0;    // resent and recognised
  std::uint64_t journaled = 0;     // of the published, stored on disk
  std::uint64_t confirmed = 0;     // told to their producer
  std::uint64_t delivered = 0;     // handed to a consumer, redeliveries included
  std::uint64_t redelivered = 0;   // of these, not for the first time
  std::uint64_t acknowledged = 0;
  std::uint64_t recovered = 0;     // of these, after more than one delivery
  std::uint64_t filtered = 0;      // dropped because they had been handled before
  std::uint64_t nacked = 0;
  std::uint64_t rejected = 0;      // for good, undecodable ones included
  std::uint64_t released = 0;      // returned untried
  std::uint64_t deferred = 0;      // put off to a time of the consumer's choice
  std::uint64_t expired = 0;       // deliveries that met their deadline
  std::uint64_t orphaned = 0;      // deliveries whose consumer was lost
  std::uint64_t dead_lettered = 0; // safe in the dead-letter queue
  std::uint64_t redriven = 0;      // moved to another queue on demand
  std::uint64_t discarded = 0;     // erased by the queue's last resort
  std::uint64_t stale = 0;         // settlements of deliveries that had ended

  // -- state ------------------------------------------------------------------
  std::uint64_t committing = 0; // published or returned, not yet on disk
  std::uint64_t ready = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t delayed = 0;
  std::uint64_t dying = 0;          // on the way to the dead-letter queue
  std::uint64_t moving = 0;         // on the way to another queue, on demand
  std::uint64_t spilled = 0;        // of what is ready, on disk only
  std::uint64_t resident_bytes = 0; // of memory, that what is ready takes
  std::uint64_t disk_bytes = 0;     // payload of what is stored
  std::uint64_t held = 0;       // producers that wait for room
  std::uint64_t consumers = 0;
  std::uint64_t paused = 0; // 1 while it delivers nothing; in a sum, how many do not

  // -- latencies --------------------------------------------------------------
  latency_histogram publish_to_receipt{};
  latency_histogram publish_to_ack{};
  latency_histogram redelivery_lateness{};

  // -- derived ----------------------------------------------------------------

  /// Messages that have not ended yet.
  [[nodiscard]] std::uint64_t waiting() const noexcept {
    return committing + ready + in_flight + delayed + dying + moving;
  }

  /// Deliveries that counted as a try and did not end in an ack. What was
  /// released or deferred was not tried.
  [[nodiscard]] std::uint64_t failed() const noexcept {
    return nacked + rejected + expired + orphaned;
  }

  [[nodiscard]] double failure_rate() const noexcept {
    return quotient(failed(), delivered);
  }

  [[nodiscard]] double persistence_ratio() const noexcept {
    return quotient(journaled, published);
  }

  [[nodiscard]] double retry_ratio() const noexcept {
    return quotient(recovered, redelivered);
  }

  queue_figures& operator+=(const queue_figures& other) noexcept;

  friend bool operator==(const queue_figures&, const queue_figures&) = default;
};

// -- the list -----------------------------------------------------------------

inline constexpr auto queue_numbers = std::array{
  figure<queue_figures>{"published", "Messages accepted, without duplicates.",
                        figure_kind::counter, &queue_figures::published},
  figure<queue_figures>{"retransmitted", "Messages that arrived in a batch sent again.",
                        figure_kind::counter, &queue_figures::retransmitted},
  figure<queue_figures>{"duplicates", "Messages recognised as accepted before.",
                        figure_kind::counter, &queue_figures::duplicates},
  figure<queue_figures>{"journaled", "Messages published and stored on disk.",
                        figure_kind::counter, &queue_figures::journaled},
  figure<queue_figures>{"confirmed", "Messages whose producer was told that they are safe.",
                        figure_kind::counter, &queue_figures::confirmed},
  figure<queue_figures>{"delivered", "Deliveries to consumers, redeliveries included.",
                        figure_kind::counter, &queue_figures::delivered},
  figure<queue_figures>{"redelivered", "Deliveries of messages that had been delivered before.",
                        figure_kind::counter, &queue_figures::redelivered},
  figure<queue_figures>{"acknowledged", "Messages acked.",
                        figure_kind::counter, &queue_figures::acknowledged},
  figure<queue_figures>{"recovered", "Messages acked after more than one delivery.",
                        figure_kind::counter, &queue_figures::recovered},
  figure<queue_figures>{"filtered", "Messages dropped because they had been handled before.",
                        figure_kind::counter, &queue_figures::filtered},
  figure<queue_figures>{"nacked", "Deliveries nacked.",
                        figure_kind::counter, &queue_figures::nacked},
  figure<queue_figures>{"rejected", "Deliveries rejected for good or undecodable.",
                        figure_kind::counter, &queue_figures::rejected},
  figure<queue_figures>{"released", "Deliveries returned without counting as a try.",
                        figure_kind::counter, &queue_figures::released},
  figure<queue_figures>{"deferred", "Deliveries put off until a time.",
                        figure_kind::counter, &queue_figures::deferred},
  figure<queue_figures>{"expired", "Deliveries that met their deadline.",
                        figure_kind::counter, &queue_figures::expired},
  figure<queue_figures>{"orphaned", "Deliveries whose consumer was lost.",
                        figure_kind::counter, &queue_figures::orphaned},
  figure<queue_figures>{"dead_lettered", "Messages moved to the dead-letter queue.",
                        figure_kind::counter, &queue_figures::dead_lettered},
  figure<queue_figures>{"redriven", "Messages moved to another queue on demand.",
                        figure_kind::counter, &queue_figures::redriven},
  figure<queue_figures>{"discarded", "Messages erased by the queue's last resort.",
                        figure_kind::counter, &queue_figures::discarded},
  figure<queue_figures>{"stale", "Settlements of deliveries that had ended.",
                        figure_kind::counter, &queue_figures::stale},
  figure<queue_figures>{"committing", "Messages published or returned, not yet on disk.",
                        figure_kind::gauge, &queue_figures::committing},
  figure<queue_figures>{"ready", "Messages that wait for a consumer.",
                        figure_kind::gauge, &queue_figures::ready},
  figure<queue_figures>{"in_flight", "Messages in the hands of consumers.",
                        figure_kind::gauge, &queue_figures::in_flight},
  figure<queue_figures>{"delayed", "Messages that wait for their due time.",
                        figure_kind::gauge, &queue_figures::delayed},
  figure<queue_figures>{"dying", "Messages on the way to the dead-letter queue.",
                        figure_kind::gauge, &queue_figures::dying},
  figure<queue_figures>{"moving", "Messages on the way to another queue on demand.",
                        figure_kind::gauge, &queue_figures::moving},
  figure<queue_figures>{"spilled", "Ready messages that lie on disk only.",
                        figure_kind::gauge, &queue_figures::spilled},
  figure<queue_figures>{"resident_bytes", "Memory that ready messages take.",
                        figure_kind::gauge, &queue_figures::resident_bytes},
  figure<queue_figures>{"disk_bytes", "Payload of stored messages.",
                        figure_kind::gauge, &queue_figures::disk_bytes},
  figure<queue_figures>{"held", "Producers that wait for room.",
                        figure_kind::gauge, &queue_figures::held},
  figure<queue_figures>{"consumers", "Consumers subscribed.",
                        figure_kind::gauge, &queue_figures::consumers},
  figure<queue_figures>{"paused", "1 while the queue is paused, else 0.",
                        figure_kind::gauge, &queue_figures::paused},
};

inline constexpr auto queue_latencies = std::array{
  latency_figure<queue_figures>{"publish_to_receipt", "From publish to the receipt.",
                                &queue_figures::publish_to_receipt},
  latency_figure<queue_figures>{"publish_to_ack", "From publish to the ack.",
                                &queue_figures::publish_to_ack},
  latency_figure<queue_figures>{"redelivery_lateness", "From a due time until the queue met it.",
                                &queue_figures::redelivery_lateness},
};

inline constexpr auto queue_ratios = std::array{
  ratio_figure<queue_figures>{"failure_rate", "Failed deliveries by deliveries.",
                              &queue_figures::failure_rate},
  ratio_figure<queue_figures>{"persistence_ratio", "Journaled by published messages.",
                              &queue_figures::persistence_ratio},
  ratio_figure<queue_figures>{"retry_ratio", "Recovered messages by redeliveries.",
                              &queue_figures::retry_ratio},
};

static_assert(sizeof(queue_figures)
                == queue_numbers.size() * sizeof(std::uint64_t)
                     + queue_latencies.size() * sizeof(latency_histogram),
              "ferry: every member of queue_figures stands in queue_numbers or queue_latencies");

// -- throughput ---------------------------------------------------------------

/// Messages per second.
struct queue_throughput {
  double published = 0.0;
  double delivered = 0.0;
  double acknowledged = 0.0;
};

/// What happened between two looks at the same queue, `elapsed` apart. A counter
/// that went down began anew in between, and counts from zero. Nothing where no
/// time passed.
[[nodiscard]] queue_throughput throughput(const queue_figures& earlier,
                                          const queue_figures& later, duration elapsed) noexcept;

} // namespace ferry
