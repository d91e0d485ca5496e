#include "interruption.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <initializer_list>
#include <system_error>

namespace find_duplicates {

namespace {

auto pipe_ends = std::array{-1, -1}; // read, write

extern "C" void note_signal(int) {
  auto before = errno;
  auto written = ::write(pipe_ends[1], "", 1);
  static_cast<void>(written); // a full pipe says the same
  errno = before;
}

} // namespace

interruption::interruption() {
  if (::pipe2(pipe_ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    throw std::system_error{errno, std::generic_category(), "pipe"};
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  for (auto signal : {SIGINT, SIGTERM})
    ::sigaction(signal, &action, nullptr);
}

bool interruption::wait_for(std::chrono::milliseconds limit) const {
  auto signalled = pollfd{handle(), POLLIN, 0};
  return ::poll(&signalled, 1, static_cast<int>(limit.count())) > 0;
}

int interruption::handle() const noexcept {
  return pipe_ends[0];
}

} // namespace find_duplicates
