#include "standard_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <system_error>

namespace find_duplicates {

namespace {

[[noreturn]] void fail(int code) {
  throw std::system_error{code, std::generic_category(), "standard output cannot be written"};
}

void wait_until_writable(const interruption& signals) {
  auto events = std::array{pollfd{STDOUT_FILENO, POLLOUT, 0}, pollfd{signals.handle(), POLLIN, 0}};
  while (::poll(events.data(), events.size(), -1) < 0)
    if (errno != EINTR)
      fail(errno);
  if (events[1].revents != 0)
    throw interrupted{};
}

} // namespace

// A pipe that is writable takes PIPE_BUF bytes without waiting.
void write_out(std::string_view text, const interruption& signals) {
  while (!text.empty()) {
    wait_until_writable(signals);
    auto piece = text.substr(0, PIPE_BUF);
    auto written = ::write(STDOUT_FILENO, piece.data(), piece.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR && errno != EAGAIN)
      fail(errno);
  }
}

void check_standard_streams() {
  auto is_missing = ::fcntl(STDOUT_FILENO, F_GETFD) < 0;
  for (auto stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0)
      (void)::open("/dev/null", O_RDWR); // takes the lowest number, which is `stream`
  if (is_missing)
    fail(EBADF);
}

} // namespace find_duplicates
