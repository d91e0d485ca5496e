#include "ferry/system_config.hpp"

#include "ferry/actors/protocol.hpp"
#include "ferry/nodes/link_messages.hpp"

#include <caf/io/middleman.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>

namespace ferry {

namespace {

using namespace std::chrono_literals;

constexpr auto fewest_workers = std::size_t{2};
constexpr auto looks_before_sleep = std::size_t{20};
constexpr auto look_around = 500us; // for all idle workers together

} // namespace

detail::message_types::message_types() {
  compat::announce_globally<caf::id_block::ferry_protocol>();
  compat::announce_globally<caf::id_block::ferry_links>();
  compat::announce_module<caf::io::middleman>();
}

system_config::system_config() {
  compat::announce<caf::id_block::ferry_protocol>(*this);
  compat::announce<caf::id_block::ferry_links>(*this);
  load<caf::io::middleman>();
  compat::set_option(*this, "middleman.workers", std::size_t{0}); // they read CAF's own frames
  compat::set_option(*this, "middleman.max-consecutive-reads", std::size_t{1});
  auto workers = std::max(std::size_t{std::thread::hardware_concurrency()}, fewest_workers);
  compat::set_option(*this, "scheduler.max-threads", workers);
  compat::set_option(*this, "work-stealing.aggressive-poll-attempts", looks_before_sleep);
  compat::set_option(*this, "work-stealing.moderate-poll-attempts", std::size_t{0});
  compat::set_option(*this, "work-stealing.relaxed-sleep-duration",
                     caf::timespan{look_around * static_cast<std::int64_t>(workers)});
}

} // namespace ferry
