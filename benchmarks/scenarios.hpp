// Every scenario by its family; what each does stands above its definition, what it
// is run with in catalogue.cpp.

#pragma once

#include "scenario.hpp"

namespace ferry::benchmarks {

// -- durable_round_trips.cpp --------------------------------------------------

[[nodiscard]] outcome durable_round_trip(const settings&);
[[nodiscard]] outcome durable_four_to_four(const settings&);
[[nodiscard]] outcome durable_thousand_queues(const settings&);

// -- far_round_trips.cpp ------------------------------------------------------

[[nodiscard]] outcome far_round_trip(const settings&);
[[nodiscard]] outcome far_receipt_one_in_flight(const settings&);

// -- far_failover.cpp ---------------------------------------------------------

[[nodiscard]] outcome far_consumer_killed(const settings&);
[[nodiscard]] outcome far_consumer_silent(const settings&);
[[nodiscard]] outcome far_broker_restarted(const settings&);

// -- memory_round_trips.cpp ---------------------------------------------------

[[nodiscard]] outcome memory_round_trip(const settings&);
[[nodiscard]] outcome memory_round_trip_batches(const settings&);

// -- latencies.cpp ------------------------------------------------------------

[[nodiscard]] outcome durable_receipt_one_in_flight(const settings&);
[[nodiscard]] outcome steady_50k(const settings&);
[[nodiscard]] outcome checkpoint_stall(const settings&);

// -- backlog.cpp, churn.cpp, delayed.cpp --------------------------------------

[[nodiscard]] outcome backlog(const settings&);
[[nodiscard]] outcome churn_at_depth(const settings&);
[[nodiscard]] outcome delayed_at_depth(const settings&);

// -- relay.cpp ----------------------------------------------------------------

[[nodiscard]] outcome stream_plain(const settings&);
[[nodiscard]] outcome stream_tls(const settings&);
[[nodiscard]] outcome echo_plain(const settings&);
[[nodiscard]] outcome echo_tls(const settings&);

// -- bare_sqlite.cpp ----------------------------------------------------------

[[nodiscard]] outcome bare_sqlite_loop(const settings&);
[[nodiscard]] outcome bare_sqlite_single_commits(const settings&);

} // namespace ferry::benchmarks
