// Ctrl-C and SIGTERM, as something a program can wait for.

#pragma once

#include <chrono>

namespace find_duplicates {

/// Notices the first of the two signals. From then on the program has 0.8 s to end
/// by itself; a disk that takes longer, or another signal, ends it at once, which
/// does no harm: it is like being killed.
/// Lifetime   one object per process
/// Threads    one, whichever the signal meets
class interruption {
public:
  interruption();
  interruption(const interruption&) = delete;
  interruption& operator=(const interruption&) = delete;

  /// Waits for a signal, at most for `limit`; tells whether there was one.
  [[nodiscard]] bool wait_for(std::chrono::milliseconds limit) const;

  /// A file descriptor that becomes readable with the signal, for poll().
  [[nodiscard]] int handle() const noexcept;
};

/// What stops the work on the way out of `main`.
struct interrupted {};

} // namespace find_duplicates
