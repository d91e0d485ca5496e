// A process that reads files for a search that runs elsewhere.

#pragma once

#include "command_line.hpp"
#include "exit_status.hpp"
#include "interruption.hpp"

namespace find_duplicates {

/// Hashes for whatever search is served at the address, one after another, until it is
/// interrupted. A search that is not there yet, or no more, is waited for.
/// Errors   ferry::failure when the search does not let it in
[[nodiscard]] exit_status help(const command_line& wanted, const interruption& signals);

} // namespace find_duplicates
