#include "ferry/actors/answers.hpp"

#include <caf/message.hpp>
#include <caf/sec.hpp>

#include <cstdint>
#include <string>

namespace ferry::actors {

caf::error to_caf(const error& why) {
  return caf::make_error(caf::sec::runtime_error, static_cast<std::uint8_t>(why.code), why.text);
}

error from_caf(const caf::error& why) {
  if (why == caf::sec::request_timeout)
    return {errc::timed_out, "no answer within the time that was given"};
  auto carries_ours = why == caf::sec::runtime_error
                      && why.context().match_elements<std::uint8_t, std::string>();
  if (!carries_ours)
    return {errc::closed, "the actor that was asked has ended"};
  return {errc{why.context().get_as<std::uint8_t>(0)}, why.context().get_as<std::string>(1)};
}

error for_now(const error& why) {
  return {why.code, why.text + "; the journal is opened again by itself, try it again later"};
}

} // namespace ferry::actors
