// One journal of either kind, with the verbs that a contract test needs. What it
// holds is told as text, so that a failed comparison can be read.

#pragma once

#include "ferry/persistence/memory_journal.hpp"
#include "ferry/persistence/sqlite_journal.hpp"

#include "support/printing.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace ferry::testing {

enum class journal_kind { memory, sqlite };

inline constexpr journal_kind journal_kinds[] = {journal_kind::memory, journal_kind::sqlite};

inline std::ostream& operator<<(std::ostream& out, journal_kind kind) {
  return out << (kind == journal_kind::memory ? "memory" : "sqlite");
}

// -- telling ------------------------------------------------------------------

/// "1-3 5*2@70": rows 1 to 3, and row 5, delivered twice, due 70 ns after the epoch.
[[nodiscard]] inline std::string told(const message_run& run) {
  auto text = std::to_string(value_of(run.first));
  if (run.count > 1)
    text += "-" + std::to_string(value_of(run.last()));
  return run.deliveries == 0 ? text : text + "*" + std::to_string(run.deliveries);
}

[[nodiscard]] inline std::string told(const persistence::stored_run& item) {
  return item.due == time_point{} ? told(item.run)
                                  : told(item.run) + "@" + std::to_string(to_ns(item.due));
}

/// "7:3@70": session 7 stored everything up to 3, the last time 70 ns after the epoch.
[[nodiscard]] inline std::string told(const persistence::stored_session& item) {
  auto text = std::to_string(value_of(item.session)) + ":" + std::to_string(value_of(item.up_to));
  return item.used == time_point{} ? text : text + "@" + std::to_string(to_ns(item.used));
}

/// "+tea@70" was published, "-tea@70" was handled, 70 ns after the epoch.
[[nodiscard]] inline std::string told(const persistence::stored_id& item) {
  return (item.kind == id_kind::published ? "+" : "-") + item.id + "@"
         + std::to_string(to_ns(item.at));
}

[[nodiscard]] inline std::string told(sequence_number sequence) {
  return std::to_string(value_of(sequence));
}

template <class Item>
[[nodiscard]] std::string told(const std::vector<Item>& items) {
  auto text = std::string{};
  for (const auto& item : items)
    text += (text.empty() ? "" : " ") + told(item);
  return text;
}

// -- the journal --------------------------------------------------------------

class journal_under_test {
public:
  explicit journal_under_test(journal_kind kind) : kind_(kind) {
    open();
  }

  /// Mimics a restart; the other process is gone before this one begins.
  void reopen() {
    journal_.reset();
    open();
  }

  persistence::journal* operator->() {
    return journal_.get();
  }

  queue_id create(const std::string& name, const queue_config& config = {}) {
    return journal_->create_queue(name, config).value();
  }

  template <class... Batches>
  [[nodiscard]] errc try_to_commit(const Batches&... batches) {
    const persistence::write_batch* all[] = {&batches...};
    auto outcome = journal_->commit(all);
    return outcome ? errc::none : outcome.why().code;
  }

  template <class... Records>
  void commit(queue_id queue, Records... records) {
    BOOST_REQUIRE(try_to_commit(persistence::write_batch{queue, {record{records}...}})
                  == errc::none);
  }

  /// What the next process finds.
  [[nodiscard]] std::vector<persistence::stored_queue> recovered() {
    reopen();
    return journal_->recover().value();
  }

  [[nodiscard]] persistence::stored_queue recovered(queue_id queue) {
    for (auto& found : recovered())
      if (found.id == queue)
        return found;
    throw std::out_of_range("queue " + std::to_string(value_of(queue)) + " was not recovered");
  }

  [[nodiscard]] std::string rows(queue_id queue) {
    return told(recovered(queue).runs);
  }

  [[nodiscard]] std::string sessions(queue_id queue) {
    return told(recovered(queue).sessions);
  }

  [[nodiscard]] std::string ids(queue_id queue) {
    return told(recovered(queue).ids);
  }

  [[nodiscard]] std::string suspects(queue_id queue) {
    return told(recovered(queue).suspects);
  }

  [[nodiscard]] persistence::stored_page read(queue_id queue, std::uint64_t first,
                                              std::uint64_t last, page_limit limit = {1000}) {
    return journal_->read(queue, sequence_number{first}, sequence_number{last}, limit).value();
  }

private:
  void open() {
    if (kind_ == journal_kind::memory)
      journal_ = std::make_unique<persistence::memory_journal>(storage_);
    else
      journal_ = persistence::open_sqlite_journal({.path = directory_.file("journal")}).value();
  }

  journal_kind kind_;
  temporary_directory directory_;
  std::shared_ptr<persistence::memory_storage> storage_ =
    std::make_shared<persistence::memory_storage>();
  std::unique_ptr<persistence::journal> journal_;
};

} // namespace ferry::testing
