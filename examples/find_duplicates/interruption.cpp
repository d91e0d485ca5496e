#include "interruption.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace find_duplicates {

namespace {

auto pipe_ends = std::array{-1, -1}; // read, write

constexpr auto patience = itimerval{{0, 0}, {0, 800'000}};

// A pipe that is full says the same as another byte in it.
void write_quietly(int file, std::string_view text) {
  auto written = ::write(file, text.data(), text.size());
  static_cast<void>(written);
}

extern "C" void note_signal(int) {
  auto before = errno;
  write_quietly(pipe_ends[1], "!");
  ::setitimer(ITIMER_REAL, &patience, nullptr);
  errno = before;
}

extern "C" void end_at_once(int) {
  write_quietly(STDERR_FILENO, "find_duplicates: interrupted, and not waiting for the disk; a "
                               "search with --journal can be continued\n");
  ::_exit(130);
}

void handle_with(void (*function)(int), int signal) {
  struct sigaction action {};
  action.sa_handler = function;
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  ::sigaction(signal, &action, nullptr);
}

} // namespace

interruption::interruption() {
  if (::pipe2(pipe_ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    throw std::system_error{errno, std::generic_category(), "pipe"};
  handle_with(note_signal, SIGINT);
  handle_with(note_signal, SIGTERM);
  handle_with(end_at_once, SIGALRM);
}

bool interruption::wait_for(std::chrono::milliseconds limit) const {
  auto signalled = pollfd{handle(), POLLIN, 0};
  return ::poll(&signalled, 1, static_cast<int>(limit.count())) > 0;
}

int interruption::handle() const noexcept {
  return pipe_ends[0];
}

} // namespace find_duplicates
