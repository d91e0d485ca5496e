// The progress bar on standard error.

#pragma once

#include "command_line.hpp"
#include "pipeline.hpp"

#include <chrono>
#include <string>

namespace find_duplicates {

/// One line: how far the search is, how fast, and how long it will take. The time
/// left is known when the last directory has been listed.
/// Time   `elapsed` since this run began
[[nodiscard]] std::string progress_line(const pipeline_state& now,
                                        std::chrono::duration<double> elapsed);

/// Prints a line about something that happened, in place of the progress line.
/// Threads  any
void note(const std::string& text);

/// Draws the line over itself, ten times a second, and wipes it away at the end.
class progress {
public:
  explicit progress(progress_mode mode);
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress();

  void show(const pipeline_state& now);

private:
  using clock = std::chrono::steady_clock;

  const bool is_drawn_;
  const clock::time_point begin_ = clock::now();
  clock::time_point next_ = begin_;
};

} // namespace find_duplicates
