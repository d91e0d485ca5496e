// ferry's errors inside CAF's, and back: the code and the text travel as context.

#pragma once

#include "ferry/errors.hpp"

#include <caf/error.hpp>
#include <caf/fwd.hpp>

#include <string>

namespace ferry::actors {

/// `why` as an actor answers it.
[[nodiscard]] caf::error to_caf(const error& why);

/// What an actor answered. CAF's own errors become `timed_out` or `closed`.
[[nodiscard]] error from_caf(const caf::error& why);

/// Why an actor ended, for people: ferry's reasons in their own words, CAF's in its.
[[nodiscard]] std::string reason_of(const caf::actor_system& system, const caf::error& why);

/// Whether an actor of ours answered `why`; otherwise nobody answered, because there is
/// nobody, or not in time.
[[nodiscard]] bool is_answer(const caf::error& why);

/// Whether the same question may be answered later: nobody answered, or what kept it
/// from being answered is passing.
[[nodiscard]] bool is_worth_another_try(const caf::error& why);

/// Whether it is over by itself: a journal is opened again, a link made again.
[[nodiscard]] bool is_passing(const caf::error& why);

/// A journal's failure as it is told to whoever waits for it.
[[nodiscard]] error for_now(const error& why);

} // namespace ferry::actors
