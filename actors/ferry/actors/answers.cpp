#include "ferry/actors/answers.hpp"

#include "ferry/actors/caf_compat.hpp"

#include <caf/message.hpp>
#include <caf/sec.hpp>

#include <cstdint>
#include <string>

namespace ferry::actors {

bool is_answer(const caf::error& why) {
  return why == caf::sec::runtime_error
         && why.context().match_elements<std::uint8_t, std::string>();
}

caf::error to_caf(const error& why) {
  return caf::make_error(caf::sec::runtime_error, static_cast<std::uint8_t>(why.code), why.text);
}

error from_caf(const caf::error& why) {
  if (why == caf::sec::request_timeout)
    return {errc::timed_out, "no answer within the time that was given"};
  if (!is_answer(why))
    return {errc::closed, "the actor that was asked has ended"};
  return {errc{why.context().get_as<std::uint8_t>(0)}, why.context().get_as<std::string>(1)};
}

std::string reason_of(const caf::actor_system& system, const caf::error& why) {
  return is_answer(why) ? from_caf(why).text : compat::render(system, why);
}

// What CAF says by itself is silence of one kind or another, but for a receiver that
// does not know the question.
bool is_worth_another_try(const caf::error& why) {
  if (!is_answer(why))
    return why != caf::sec::unexpected_message;
  return from_caf(why).code == errc::timed_out || is_passing(why);
}

bool is_passing(const caf::error& why) {
  if (!is_answer(why))
    return false;
  auto code = from_caf(why).code;
  return code == errc::journal_failed || code == errc::disconnected;
}

error for_now(const error& why) {
  return {why.code, why.text + "; the journal is opened again by itself, try it again later"};
}

} // namespace ferry::actors
