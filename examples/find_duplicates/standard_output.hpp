// The result's way out of the program.

#pragma once

#include "interruption.hpp"

#include <string_view>

namespace find_duplicates {

/// Writes all of `text` to standard output. A reader that takes its time does not
/// keep Ctrl-C from ending the wait.
/// Errors   std::system_error; interrupted
void write_out(std::string_view text, const interruption& signals);

/// Makes sure that 0, 1 and 2 are open, so that no file opened later is mistaken
/// for a standard stream.
/// Errors   std::system_error when there is no standard output to write to
void check_standard_streams();

} // namespace find_duplicates
