// The port between ferry and storage: what is stored, in which order, and what an
// error means. One contract, two implementations (SQLite, memory), one test suite.

#pragma once

#include "ferry/config.hpp"
#include "ferry/message.hpp"
#include "ferry/persistence/journal_figures.hpp"
#include "ferry/persistence/journal_reader.hpp"
#include "ferry/persistence/journal_upkeep.hpp"
#include "ferry/persistence/write_batch.hpp"
#include "ferry/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ferry::persistence {

/// A stretch of rows that wait for the same instant.
struct stored_run {
  message_run run;  // without a page: only which rows there are
  time_point due{}; // the epoch: ready at once
};

/// The publishes that a queue has stored for one producer session.
struct stored_session {
  session_id session{};
  publish_number up_to{};
  time_point used{};
};

/// A message id that a queue remembers.
struct stored_id {
  id_kind kind{};
  std::string id;
  time_point at{};
};

/// A queue as the journal knows it; its rows are the truth about its messages.
struct stored_queue {
  queue_id id{};
  std::string name;
  queue_config config;
  sequence_number next{1};               // the first number never used
  std::vector<stored_run> runs;          // by sequence, no two overlap
  std::uint64_t payload_bytes = 0;       // of all their messages
  std::vector<stored_session> sessions;  // least recently used first
  std::vector<stored_id> ids;            // longest remembered first, then by id
  std::vector<sequence_number> suspects; // ascending, each has a row
};

/// Stores the queues of one broker. It reads rows back itself, and opens readers
/// that do so beside it.
///
/// Order     Batches of one call, and records within a batch, take effect in
///           the order given.
/// Errors    A failed `commit` has changed nothing, and every later `commit`
///           fails as well (fail-stop): what is on disk is then known only by
///           opening the journal again. Nothing throws.
/// Threads   One owner at a time; it may block for the disk.
class journal : public journal_reader {
public:
  /// All queues with their rows; called once, before anything else.
  [[nodiscard]] virtual result<std::vector<stored_queue>> recover() = 0;

  /// How often this journal was opened, this time included.
  [[nodiscard]] virtual epoch opened() const = 0;

  /// Adds a queue, durably. The name was checked and is not present yet.
  [[nodiscard]] virtual result<queue_id> create_queue(const std::string& name,
                                                      const queue_config& config)
    = 0;

  /// Makes all of `batches` durable in one transaction.
  [[nodiscard]] virtual status commit(std::span<const write_batch* const> batches) = 0;

  /// A reader of this journal for another thread. It shows what this opening of the
  /// file commits; after a failed commit it goes on, and is replaced together with
  /// the journal. Let it go before the journal: the last one tidies up the file.
  [[nodiscard]] virtual result<std::unique_ptr<journal_reader>> open_reader() = 0;

  // -- upkeep -----------------------------------------------------------------

  /// What makes the steps of upkeep for this journal, on another thread; null where
  /// there is nothing to keep short. Until it was opened the journal does all of it
  /// itself, within `commit`. Let it go before the journal.
  [[nodiscard]] virtual result<std::unique_ptr<journal_upkeep>> open_upkeep() {
    return std::unique_ptr<journal_upkeep>{};
  }

  /// Whether a step is to be made, if none is under way.
  [[nodiscard]] virtual bool wants_upkeep() const {
    return false;
  }

  /// Takes what a step came to, and does the short rest.
  virtual void upkeep_ended(const result<upkeep_report>&) {
  }

  /// Whether much of the file is free.
  [[nodiscard]] virtual bool wants_compaction() const {
    return false;
  }

  /// Gives a little of it back to the file system. To be called while nothing waits
  /// to be committed: what comes next waits for it.
  virtual void compact() {
  }

  [[nodiscard]] virtual journal_figures figures() const = 0;
};

} // namespace ferry::persistence
