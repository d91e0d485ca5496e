// The round trip of durable_round_trip, done by brokers on the loopback interface
// through their own C clients.

#pragma once

#include "../scenario.hpp"

namespace ferry::benchmarks {

[[nodiscard]] outcome rabbitmq_round_trip(const settings&);
[[nodiscard]] outcome nats_round_trip(const settings&);

} // namespace ferry::benchmarks
