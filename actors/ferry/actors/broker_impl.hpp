// What a `ferry::broker` holds: the actors behind it, and those that it gave to its user.

#pragma once

#include "ferry/actors/broker_actor.hpp"
#include "ferry/actors/client_table.hpp"
#include "ferry/actors/clock.hpp"
#include "ferry/actors/consumer_actor.hpp"
#include "ferry/actors/journal_actor.hpp"
#include "ferry/actors/producer_actor.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/supervising.hpp"
#include "ferry/actors/supervisor_actor.hpp"
#include "ferry/broker.hpp"
#include "ferry/nodes/broker_dialer.hpp"
#include "ferry/nodes/broker_server.hpp"
#include "ferry/persistence/crash_marks.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ferry {

/// Any number but 0, which means none.
[[nodiscard]] std::uint64_t random_number();

/// Opens the file that `config` names, if it names one.
[[nodiscard]] result<std::shared_ptr<actors::durable_outbox>>
open_outbox(const std::string& queue, const producer_config& config);

/// Calls `report` for one thread after the other: a broker and its supervisor report on
/// threads of their own.
[[nodiscard]] std::function<void(const std::string&)>
one_at_a_time(std::function<void(const std::string&)> report);

struct broker::impl {
  impl(caf::actor_system& host, broker_config options)
    : system(host), config(std::move(options)), clock(actors::anchored_clock::real()) {
  }

  status start();
  status join(std::vector<std::string> addresses, const connect_config& options);
  status start_companions(persistence::journal& storage);
  result<std::shared_ptr<actors::left_behind>>
  open_marks(const std::vector<persistence::stored_queue>& kept);
  messages::supervise consumer_of(std::uint64_t group, std::uint32_t number,
                                  actors::consumer_options options);
  result<std::uint64_t> open_group(messages::open_group group);
  status stop_all();
  status stop_consumers_of(const std::string& queue, time_point deadline);
  bool stop_producers_of(const std::string& queue, time_point deadline);
  bool stop_in_time(const auto& actor, time_point deadline);
  void end_by_force();

  [[nodiscard]] result<messages::journal_report> ask_journal() const;
  [[nodiscard]] ferry::supervisor handle_of(std::uint64_t group) const {
    return {system, caf::actor_cast<caf::actor>(supervisor), group};
  }

  [[nodiscard]] time_point now() const {
    return clock.at(std::chrono::steady_clock::now());
  }

  caf::actor_system& system;
  broker_config config;
  actors::anchored_clock clock;
  actors::journal_actor journal;
  actors::journal_companions companions; // null together with the journal
  std::shared_ptr<persistence::crash_marks> marks; // null where nothing is stored
  actors::supervisor_actor supervisor;
  actors::broker_actor actor;
  actors::client_table clients;
  std::unique_ptr<actors::broker_server> server; // null while nobody is served
  std::unique_ptr<actors::broker_dialer> dialer; // null but for a connection
  bool open = false;
};

} // namespace ferry
