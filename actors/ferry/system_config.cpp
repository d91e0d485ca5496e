#include "ferry/system_config.hpp"

#include "ferry/actors/protocol.hpp"

namespace ferry {

detail::message_types::message_types() {
  compat::announce_globally<caf::id_block::ferry_protocol>();
}

system_config::system_config() {
  compat::announce<caf::id_block::ferry_protocol>(*this);
}

} // namespace ferry
