#include "progress.hpp"

#include "units.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>

namespace find_duplicates {

namespace {

using namespace std::chrono_literals;

constexpr auto bar_width = std::uint64_t{20};
constexpr auto redraw_every = 100ms;
constexpr auto to_line_start = "\r\x1b[K"; // and wipe what was there

bool is_wanted(progress_mode mode) {
  return mode == progress_mode::always
         || (mode == progress_mode::automatic && ::isatty(STDERR_FILENO) == 1);
}

std::string bar(const pipeline_state& now) {
  auto all = std::max<std::uint64_t>(now.files_done + now.files_left, 1);
  auto filled = static_cast<std::size_t>(bar_width * now.files_done / all);
  return fmt::format("[{:<{}}] {:>3}%", std::string(filled, '#'), bar_width,
                     100 * now.files_done / all);
}

} // namespace

std::string progress_line(const pipeline_state& now, std::chrono::duration<double> elapsed) {
  auto seconds = std::max(elapsed.count(), 0.001);
  auto files = static_cast<double>(now.files_read) / seconds;
  auto bytes = static_cast<double>(now.bytes_read) / seconds;
  auto speed = fmt::format("{} files/s", with_commas(static_cast<std::uint64_t>(files)));
  if (now.bytes_read > 0) // by helpers: nobody knows
    speed += fmt::format("  {}/s", as_bytes(static_cast<std::uint64_t>(bytes)));
  auto found = with_commas(now.files_done + now.files_left);
  if (now.directories_left > 0)
    return fmt::format("walking  {} of {} files  {}", with_commas(now.files_done), found, speed);
  auto left =
    files < 1
      ? std::string{"-:--"}
      : as_clock(std::chrono::duration<double>{static_cast<double>(now.files_left) / files});
  return fmt::format("{}  {} files  {}  {} left", bar(now), found, speed, left);
}

void note(const std::string& text) {
  std::cerr << (is_wanted(progress_mode::automatic) ? to_line_start : "")
                 + ("find_duplicates: " + text + "\n");
}

progress::progress(progress_mode mode) : is_drawn_(is_wanted(mode)) {
}

progress::~progress() {
  if (is_drawn_)
    std::cerr << to_line_start << std::flush;
}

void progress::show(const pipeline_state& now) {
  if (!is_drawn_ || clock::now() < next_)
    return;
  next_ = clock::now() + redraw_every;
  std::cerr << to_line_start + progress_line(now, clock::now() - begin_);
}

} // namespace find_duplicates
