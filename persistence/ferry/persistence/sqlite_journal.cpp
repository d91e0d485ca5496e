#include "ferry/persistence/sqlite_journal.hpp"

#include "ferry/persistence/journal_lock.hpp"
#include "ferry/persistence/journal_path.hpp"
#include "ferry/persistence/sqlite_failure.hpp"
#include "ferry/persistence/sqlite_housekeeping.hpp"
#include "ferry/persistence/sqlite_message_reader.hpp"
#include "ferry/persistence/sqlite_pragmas.hpp"
#include "ferry/persistence/sqlite_reader.hpp"
#include "ferry/persistence/sqlite_schema.hpp"
#include "ferry/persistence/sqlite_statements.hpp"
#include "ferry/persistence/sqlite_tables.hpp"
#include "ferry/persistence/sqlite_upkeep.hpp"

#include <SQLiteCpp/Database.h>

#include <sqlite3.h>

#include <filesystem>
#include <optional>
#include <utility>
#include <variant>

namespace ferry::persistence {

namespace {

namespace fs = std::filesystem;

// -- the journal --------------------------------------------------------------

class sqlite_journal final : public journal {
public:
  sqlite_journal(journal_lock lock, std::unique_ptr<SQLite::Database> database,
                 const sqlite_journal_options& options);

  result<std::vector<stored_queue>> recover() override;
  epoch opened() const override;
  result<queue_id> create_queue(const std::string& name, const queue_config& config) override;
  status commit(std::span<const write_batch* const> batches) override;
  result<stored_page> read(queue_id queue, sequence_number first, sequence_number last,
                           page_limit limit) override;
  result<std::unique_ptr<journal_reader>> open_reader() override;
  result<std::unique_ptr<journal_upkeep>> open_upkeep() override;
  bool wants_upkeep() const override;
  void upkeep_ended(const result<upkeep_report>& outcome) override;
  bool wants_compaction() const override;
  void compact() override;
  journal_figures figures() const override;

private:
  template <class Work>
  void transact(Work work);
  template <class Value, class Work>
  result<Value> attempt_to_read(Work work);
  template <class Value, class Work>
  result<Value> attempt_to_write(Work work);
  error stop(const std::exception& cause);
  bool roll_back();

  journal_lock lock_; // released last, after SQLite let go of the file
  std::unique_ptr<SQLite::Database> database_;
  std::chrono::milliseconds patience_;
  sqlite_statements statements_;
  sqlite_tables tables_;
  sqlite_message_reader reader_;
  sqlite_housekeeping files_;
  journal_figures figures_;
  epoch opened_{};
  std::optional<error> failed_;
};

sqlite_journal::sqlite_journal(journal_lock lock, std::unique_ptr<SQLite::Database> database,
                               const sqlite_journal_options& options)
  : lock_(std::move(lock)),
    database_(std::move(database)),
    patience_(options.patience),
    statements_(*database_),
    tables_(statements_),
    reader_(statements_),
    files_(*database_, statements_, options.log, options.file) {
  statements_.open_epoch.each_row([&](const named_statement& row) {
    opened_ = epoch{static_cast<std::uint32_t>(row.number(0))};
  });
}

result<std::vector<stored_queue>> sqlite_journal::recover() {
  return attempt_to_write<std::vector<stored_queue>>([&] {
    auto queues = std::vector<stored_queue>{};
    transact([&] {
      queues = tables_.recover();
      files_.look_at_pages();
    });
    return queues;
  });
}

epoch sqlite_journal::opened() const {
  return opened_;
}

result<queue_id> sqlite_journal::create_queue(const std::string& name, const queue_config& config) {
  return attempt_to_write<queue_id>([&] {
    auto id = queue_id::none;
    transact([&] { id = tables_.insert(name, config); });
    return id;
  });
}

status sqlite_journal::commit(std::span<const write_batch* const> batches) {
  return attempt_to_write<std::monostate>([&] {
    auto rows = row_counts{};
    transact([&] {
      rows = tables_.write(batches);
      if (rows.erased > 0)
        files_.look_at_pages();
    });
    ++figures_.commits;
    figures_.stored += rows.stored;
    figures_.erased += rows.erased;
    files_.committed();
    return std::monostate{};
  });
}

result<stored_page> sqlite_journal::read(queue_id queue, sequence_number first,
                                         sequence_number last, page_limit limit) {
  return attempt_to_read<stored_page>([&] { return reader_.read(queue, first, last, limit); });
}

result<std::unique_ptr<journal_reader>> sqlite_journal::open_reader() {
  return attempt_to_read<std::unique_ptr<journal_reader>>(
    [&] { return open_sqlite_reader(database_->getFilename(), patience_); });
}

journal_figures sqlite_journal::figures() const {
  auto all = figures_;
  for (const auto* suffix : {"", "-wal"}) {
    auto absent = std::error_code{};
    auto bytes = fs::file_size(database_->getFilename() + suffix, absent);
    all.file_bytes += absent ? 0 : bytes;
  }
  files_.add_to(all);
  return all;
}

// -- upkeep -------------------------------------------------------------------

result<std::unique_ptr<journal_upkeep>> sqlite_journal::open_upkeep() {
  return attempt_to_write<std::unique_ptr<journal_upkeep>>([&] {
    auto upkeep = open_sqlite_upkeep(database_->getFilename(), patience_);
    transact([&] { files_.expect_steps(); });
    return upkeep;
  });
}

bool sqlite_journal::wants_upkeep() const {
  return !failed_ && files_.wants_step();
}

void sqlite_journal::upkeep_ended(const result<upkeep_report>& outcome) {
  if (!failed_)
    files_.step_ended(outcome);
}

// -- giving space back --------------------------------------------------------

bool sqlite_journal::wants_compaction() const {
  return !failed_ && files_.wants_compaction();
}

// A slice that fails has changed nothing and is no reason to stop.
void sqlite_journal::compact() {
  if (!wants_compaction())
    return;
  try {
    transact([&] { files_.compact(); });
    files_.committed();
  } catch (const sqlite_failure& cause) {
    files_.compaction_failed();
    if (!roll_back())
      (void)stop(cause);
  }
}

// -- transactions and failures ------------------------------------------------

template <class Work>
void sqlite_journal::transact(Work work) {
  statements_.begin.run();
  work();
  statements_.commit.run();
}

template <class Value, class Work>
result<Value> sqlite_journal::attempt_to_read(Work work) {
  if (failed_)
    return *failed_;
  try {
    return work();
  } catch (const std::exception& cause) {
    return explain(database_->getFilename(), cause);
  }
}

template <class Value, class Work>
result<Value> sqlite_journal::attempt_to_write(Work work) {
  if (failed_)
    return *failed_;
  try {
    return work();
  } catch (const std::exception& cause) {
    return stop(cause);
  }
}

// SQLite may have rolled back by itself, so the outcome of the rollback tells
// nothing; closing the connection would undo the transaction as well.
error sqlite_journal::stop(const std::exception& cause) {
  failed_ = explain(database_->getFilename(), cause);
  (void)roll_back();
  return *failed_;
}

// Answers whether no transaction is open any more.
bool sqlite_journal::roll_back() {
  try {
    statements_.roll_back.run();
  } catch (const sqlite_failure&) {
  }
  return ::sqlite3_get_autocommit(database_->getHandle()) != 0;
}

// -- opening ------------------------------------------------------------------

status check_path(const std::string& path) {
  auto unknown = std::error_code{};
  if (path.empty())
    return error{errc::invalid_argument,
                 "sqlite_journal_options::path is empty; name the file to keep messages in"};
  if (fs::exists(path, unknown) && !fs::is_regular_file(path, unknown))
    return error{errc::journal_failed, "journal \"" + path
                                         + "\" is no regular file; name one that is, or one"
                                           " that does not exist yet"};
  return success();
}

result<std::unique_ptr<journal>> open_locked(journal_lock lock, const std::string& path,
                                             const sqlite_journal_options& options) {
  // without SQLite's own mutex: a journal has one owner at a time
  const auto flags = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX;
  auto database = named("open file", [&] {
    return std::make_unique<SQLite::Database>(path, flags,
                                              static_cast<int>(options.patience.count()));
  });
  if (auto prepared = prepare(*database); !prepared)
    return prepared.why();
  set_pragmas(*database);
  if (auto safe = check_pragmas(path, read_pragmas(*database)); !safe)
    return safe.why();
  return std::unique_ptr<journal>{
    std::make_unique<sqlite_journal>(std::move(lock), std::move(database), options)};
}

} // namespace

result<std::unique_ptr<journal>> open_sqlite_journal(const sqlite_journal_options& options) {
  if (auto usable = check_path(options.path); !usable)
    return usable.why();
  auto path = resolved(options.path);
  auto lock = journal_lock::acquire(path);
  if (!lock)
    return lock.why();
  try {
    return open_locked(std::move(*lock), path, options);
  } catch (const std::exception& cause) {
    return explain(path, cause);
  }
}

} // namespace ferry::persistence
