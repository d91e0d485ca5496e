// How the program ends.

#pragma once

namespace find_duplicates {

enum class exit_status : int {
  done = 0,
  some_unreadable = 1,
  unusable = 2, // arguments, journal, standard output, or a search that lets nobody in
  interrupted = 130,
};

} // namespace find_duplicates
