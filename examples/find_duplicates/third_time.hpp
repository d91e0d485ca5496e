// Three times, then it is given up: the rule for what cannot be read.

#pragma once

#include "ferry/delivery.hpp"

#include <algorithm>
#include <exception>
#include <string>

namespace find_duplicates {

/// Calls `read`. Where it throws, the delivery is nacked, and rejected at the third
/// time. Only readings count that failed themselves, as the message's history tells:
/// whoever kills the program while it reads, however often, gives up no file. (A
/// history that is full tells nothing more; the next failure is then the last.)
template <class Read>
void give_up_the_third_time(ferry::delivery& d, Read read) {
  constexpr auto mark = "cannot be read: ";
  try {
    read();
  } catch (const std::exception& mistake) {
    auto history = ferry::attempts_of(d.message());
    auto failed_before = std::ranges::count_if(
      history, [&](const ferry::attempt& item) { return item.reason.starts_with(mark); });
    if (failed_before >= 2 || history.size() == ferry::attempts_kept)
      d.reject(mistake.what());
    else
      d.nack(std::string{mark} + mistake.what());
  }
}

} // namespace find_duplicates
