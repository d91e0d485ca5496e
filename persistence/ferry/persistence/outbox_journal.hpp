// A producer's unconfirmed messages in a journal of their own, across the end of
// its process: recorded before they are sent, erased after they are confirmed.
//
//   journal   one queue, named "outbox:" and the name of the target queue
//   row       sequence number = publish number
//   session   the producer's, written once, when the file is made

#pragma once

#include "ferry/persistence/journal.hpp"
#include "ferry/producer/outbox.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ferry::persistence {

/// What the producer's former life left behind.
struct kept_outbox {
  session_id session{};
  publish_number next{1};         // the first number never used
  std::vector<outbox_page> pages; // in order and without a gap, up to `next`
};

/// Records the pages of one producer.
///
/// Invariants  What `record` accepted is found by the next `recover`, under the same
///             session and numbers, until its erasure is on disk.
/// Errors      journal_failed, and every later call fails as well; nothing throws.
/// Cost        One commit per `record`; erasing costs none of its own as long as
///             more is recorded.
/// Threads     One owner at a time; it may block for the disk.
class outbox_journal {
public:
  /// `queue` is where the messages go; `path` is for texts only.
  outbox_journal(std::unique_ptr<journal> storage, std::string queue, std::string path);

  // -- modifiers --------------------------------------------------------------

  /// What was kept; called once, before anything else. An empty journal becomes the
  /// outbox of `fresh`.
  /// Errors   journal_foreign  it is no outbox, or one for another queue
  [[nodiscard]] result<kept_outbox> recover(session_id fresh);

  /// Puts `pages` on disk, and with them what is to be erased.
  /// Expects  numbers that follow those recorded before
  [[nodiscard]] status record(std::span<const outbox_page> pages);

  /// Has everything up to `up_to` erased, by the next `record` or `erase_now`.
  void erase_later(publish_number up_to);

  /// Puts on disk what is to be erased.
  [[nodiscard]] status erase_now();

  // -- properties -------------------------------------------------------------

  /// Whether something is to be erased.
  [[nodiscard]] bool has_to_erase() const noexcept {
    return erasable_ > erased_;
  }

private:
  [[nodiscard]] result<stored_queue> open_queue(session_id fresh);
  [[nodiscard]] result<stored_queue> create(session_id fresh);
  [[nodiscard]] result<std::vector<outbox_page>> read_pages(sequence_number first,
                                                            sequence_number last);
  [[nodiscard]] status commit(std::vector<ferry::record> records);
  [[nodiscard]] error foreign(const std::string& found) const;

  std::unique_ptr<journal> storage_;
  std::string queue_;
  std::string path_;
  queue_id id_{};
  publish_number recorded_{}; // the last one
  publish_number erasable_{}; // up to here
  publish_number erased_{};   // up to here, on disk
};

} // namespace ferry::persistence
