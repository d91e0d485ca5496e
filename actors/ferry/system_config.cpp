#include "ferry/system_config.hpp"

#include "ferry/actors/protocol.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <thread>

namespace ferry {

namespace {

constexpr auto fewest_workers = std::size_t{2};

} // namespace

detail::message_types::message_types() {
  compat::announce_globally<caf::id_block::ferry_protocol>();
}

system_config::system_config() {
  compat::announce<caf::id_block::ferry_protocol>(*this);
  compat::set_option(*this, "scheduler.policy", std::string_view{"sharing"});
  compat::set_option(*this, "scheduler.max-threads",
                     std::max(std::size_t{std::thread::hardware_concurrency()}, fewest_workers));
}

} // namespace ferry
