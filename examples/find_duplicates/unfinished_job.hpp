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

/// A search that was begun and not printed yet. Its message is kept unsettled until
/// then, so it outlives this process however it ends. (Its handler must not wait for
/// the end: what a killed process leaves in handlers is tried one message at a time,
/// and nothing else of it would have its turn before.)
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
    return found_->message.id;
  }

  /// Acks the message. On return that is on disk: the search is over.
  /// Errors   ferry::failure when it is not; the message is there again next time
  void finish();

private:
  struct taken_job {
    job message;
    ferry::kept_delivery delivery;
  };

  explicit unfinished_job(ferry::broker& broker);

  [[nodiscard]] ferry::consumer take(ferry::broker& broker);
  void expect(const job& wanted) const;

  std::promise<taken_job> arrived_;
  ferry::consumer consumer_; // fills the one above
  std::optional<taken_job> found_;
};

} // namespace find_duplicates
