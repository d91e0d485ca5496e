// A memory journal's storage that outlives its journals, as a file would; commits
// and openings fail when the test says so.

#pragma once

#include "ferry/actors/journal_actor.hpp"
#include "ferry/persistence/memory_journal.hpp"

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace ferry::testing {

class fragile_storage {
public:
  /// Opens a journal over the storage, which is to be recovered.
  [[nodiscard]] actors::journal_opener opener() const {
    return [content = content_]() -> result<std::unique_ptr<persistence::journal>> {
      ++content->openings;
      content->journal = nullptr; // the one before is gone
      if (content->failures > 0) {
        --content->failures;
        return error{errc::journal_failed, "the disk is gone"};
      }
      auto journal = std::make_unique<persistence::memory_journal>(content->storage);
      content->journal = journal.get();
      if (std::exchange(content->first_commit_fails, false))
        journal->fail_next_commit({errc::journal_failed, "the disk is full"});
      return std::unique_ptr<persistence::journal>{std::move(journal)};
    };
  }

  /// Lets the next commit of the open journal fail, and all that follow. While none
  /// is open nothing can be committed anyway.
  void fail_next_commit() const {
    if (content_->journal)
      content_->journal->fail_next_commit({errc::journal_failed, "the disk is full"});
  }

  /// Lets the first commit of the journal fail that is opened next.
  void fail_next_commit_of_next_opening() const {
    content_->first_commit_fails = true;
  }

  void fail_openings(int count) const {
    content_->failures = count;
  }

  /// How often a journal was opened, or that was tried.
  [[nodiscard]] int openings() const {
    return content_->openings;
  }

  [[nodiscard]] std::size_t rows(queue_id queue) const {
    return content_->storage->queues.at(queue).rows.size();
  }

  /// What a queue's rows hold, by sequence.
  [[nodiscard]] std::vector<ferry::envelope> messages(queue_id queue) const {
    auto all = std::vector<ferry::envelope>{};
    for (const auto& [sequence, row] : content_->storage->queues.at(queue).rows)
      all.push_back(row.message);
    return all;
  }

  /// As if somebody had put an empty file in its place.
  void replace() const {
    content_->storage->queues.clear();
  }

  /// As if somebody had put another journal in its place, with queues of the same
  /// names.
  void renumber() const {
    auto others = std::map<queue_id, persistence::memory_queue>{};
    for (auto& [id, queue] : content_->storage->queues)
      others.emplace(advanced(id, 10), std::move(queue));
    content_->storage->queues = std::move(others);
  }

private:
  struct content {
    std::shared_ptr<persistence::memory_storage> storage
      = std::make_shared<persistence::memory_storage>();
    persistence::memory_journal* journal = nullptr; // opened last
    int openings = 0;
    int failures = 0;
    bool first_commit_fails = false;
  };

  std::shared_ptr<content> content_ = std::make_shared<content>();
};

} // namespace ferry::testing
