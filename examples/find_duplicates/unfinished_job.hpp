// The one message that says which search a journal is busy with.

#pragma once

#include "messages.hpp"

#include "ferry/broker.hpp"

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace find_duplicates {

/// A search that was begun and not printed yet. Its message stays unsettled in a
/// handler that waits for the end, so it outlives this process however it ends.
///
/// Threads   one
class unfinished_job {
public:
  /// Takes up the search that the journal holds, or begins one.
  /// Errors   std::runtime_error when it holds another one, which it keeps
  [[nodiscard]] static std::unique_ptr<unfinished_job>
  begin_or_continue(ferry::broker& broker, const std::vector<std::string>& directories);

  unfinished_job(const unfinished_job&) = delete;
  unfinished_job& operator=(const unfinished_job&) = delete;

  /// Gives the message back, unless `finish` was called.
  ~unfinished_job();

  [[nodiscard]] job_id id() const noexcept {
    return found_.id;
  }

  /// Acks the message. On return that is on disk: the search is over.
  void finish();

private:
  struct waiting_handler;

  explicit unfinished_job(ferry::broker& broker);

  void expect(const job& wanted) const;

  std::shared_ptr<waiting_handler> handler_;
  std::optional<ferry::consumer> consumer_;
  job found_;
};

} // namespace find_duplicates
