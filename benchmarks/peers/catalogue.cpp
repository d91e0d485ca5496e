#include "../catalogue.hpp"

#include "peers.hpp"

namespace ferry::benchmarks {

const std::vector<scenario>& peer_scenarios() {
  // clang-format off
  static const auto all = std::vector<scenario>{
    {"rabbitmq_round_trip", "RabbitMQ: durable classic queue, persistent messages, confirms in a "
     "window of 1024, prefetch 2048, an ack for every 256",
     {300'000}, rabbitmq_round_trip},
    {"nats_round_trip", "NATS JetStream: work queue in files, asynchronous publishing in a window "
     "of 4096, pulled by 512, each acked; the server syncs every two minutes only",
     {600'000}, nats_round_trip},
  };
  // clang-format on
  return all;
}

} // namespace ferry::benchmarks
