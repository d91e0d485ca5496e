// What only a file can do. The common contract is in journal_contract_test.cpp.

#include "ferry/persistence/sqlite_journal.hpp"

#include "ferry/persistence/sqlite_schema.hpp"
#include "support/builders.hpp"
#include "support/printing.hpp"
#include "support/temporary_directory.hpp"

#include <SQLiteCpp/Statement.h>
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ferry;
using namespace ferry::persistence;
using namespace ferry::testing;

namespace {

struct sqlite_journal_fixture {
  temporary_directory directory;
  std::string path = directory.file("journal");

  result<std::unique_ptr<journal>> open() const {
    return open_sqlite_journal({.path = path, .patience = std::chrono::milliseconds{0}});
  }

  // Another program's connection to the file.
  SQLite::Database visit() const {
    return {path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  }

  std::string text(const std::string& sql) const {
    return visit().execAndGet(sql).getString();
  }

  std::uintmax_t log_file() const {
    return std::filesystem::file_size(path + "-wal");
  }

  static error refusal(const std::string& path) {
    auto opened = open_sqlite_journal({.path = path});
    BOOST_REQUIRE(!opened.ok());
    return opened.why();
  }

  void expect_refused(const std::string& where, errc code, const std::string& part) const {
    auto why = refusal(where);
    BOOST_TEST(why.code == code);
    BOOST_TEST(why.text.find(part) != std::string::npos, why.text);
  }
};

constexpr auto short_log = checkpoint_limits{128 << 10, 64 << 10, 4 << 20, 256 << 10};

constexpr auto small_file = compaction_limits{64 << 10, 16 << 10, 32 << 10};

status store_in(journal& disk, queue_id queue, message_run run) {
  auto batch = write_batch{queue, {records::store{std::move(run)}}};
  const write_batch* all[] = {&batch};
  return disk.commit(all);
}

void erase_from(journal& disk, queue_id queue, std::uint64_t first, std::uint64_t count) {
  auto batch = write_batch{queue, {records::erase{sequence_number{first}, count, 4096 * count}}};
  const write_batch* all[] = {&batch};
  BOOST_REQUIRE(disk.commit(all).ok());
}

// Commits `count` messages of 4 KiB from `first` on, one by one.
void fill(journal& disk, queue_id queue, std::uint64_t first, std::uint64_t count) {
  for (auto sequence = first; sequence < first + count; ++sequence)
    BOOST_REQUIRE(store_in(disk, queue, run_with(sequence, std::string(4096, 'x'))).ok());
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_journal_suite, sqlite_journal_fixture)

// -- who may open -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_journal_that_is_open_is_refused_and_names_the_process) {
  auto disk = open();
  expect_refused(path, errc::journal_in_use, "process " + std::to_string(::getpid()));
}

BOOST_AUTO_TEST_CASE(another_process_is_refused_while_a_journal_is_open) {
  auto disk = open();
  auto child = ::fork();
  if (child == 0)
    ::_exit(open().ok() ? 1 : 0);
  auto outcome = 0;
  ::waitpid(child, &outcome, 0);
  BOOST_TEST(WEXITSTATUS(outcome) == 0);
}

BOOST_AUTO_TEST_CASE(a_link_to_an_open_journal_is_refused) {
  auto disk = open();
  std::filesystem::create_symlink(path, directory.file("link"));
  expect_refused(directory.file("link"), errc::journal_in_use, "is in use");
}

BOOST_AUTO_TEST_CASE(another_spelling_of_an_open_journal_is_refused) {
  auto disk = open();
  expect_refused((directory.path() / "." / "journal").string(), errc::journal_in_use, "in use");
}

BOOST_AUTO_TEST_CASE(a_closed_journal_can_be_opened_again) {
  { auto disk = open(); }
  BOOST_TEST(open().ok());
}

BOOST_AUTO_TEST_CASE(a_refused_file_leaves_no_lock_behind) {
  directory.write("journal", "this is a letter");
  BOOST_TEST(!open().ok());
  std::filesystem::remove(path);
  BOOST_TEST(open().ok());
}

// -- which files --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_foreign_file_is_refused_untouched) {
  visit().exec("CREATE TABLE book (title TEXT)");
  auto before = directory.bytes("journal");
  expect_refused(path, errc::journal_foreign, "belongs to another application");
  BOOST_TEST((directory.bytes("journal") == before));
}

BOOST_AUTO_TEST_CASE(a_newer_journal_is_refused_untouched) {
  { auto disk = open(); }
  visit().exec("PRAGMA user_version = 99");
  auto before = directory.bytes("journal");
  expect_refused(path, errc::journal_foreign, "of version 99");
  BOOST_TEST((directory.bytes("journal") == before));
}

BOOST_AUTO_TEST_CASE(an_empty_path_is_refused) {
  expect_refused("", errc::invalid_argument, "sqlite_journal_options::path");
}

BOOST_AUTO_TEST_CASE(a_directory_is_refused) {
  expect_refused(directory.path().string(), errc::journal_failed, "is no regular file");
}

BOOST_AUTO_TEST_CASE(a_missing_directory_is_named) {
  expect_refused(directory.file("missing/journal"), errc::journal_failed, "existing directory");
}

BOOST_AUTO_TEST_CASE(a_path_below_a_regular_file_is_refused) {
  directory.write("letter", "");
  expect_refused(directory.file("letter/journal"), errc::journal_failed, "Not a directory");
}

BOOST_AUTO_TEST_CASE(a_pipe_is_refused) {
  BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  expect_refused(path, errc::journal_failed, "is no regular file");
}

BOOST_AUTO_TEST_CASE(a_directory_without_permission_is_refused) {
  if (::geteuid() == 0) // the superuser is never refused
    return;
  std::filesystem::permissions(directory.path(), std::filesystem::perms::owner_read);
  expect_refused(path, errc::journal_failed, "Permission denied");
  std::filesystem::permissions(directory.path(), std::filesystem::perms::owner_all);
}

BOOST_AUTO_TEST_CASE(damaged_rows_are_found_when_they_are_read) {
  {
    auto disk = open().value();
    auto orders = disk->create_queue("orders", {}).value();
    BOOST_TEST(store_in(*disk, orders, run_of(1, 5000)).ok());
  }
  auto bytes = directory.bytes("journal");
  std::fill(bytes.begin() + 8192 * 14, bytes.end(), '\xaa');
  directory.write("journal", bytes);
  auto disk = open().value();
  auto orders = disk->recover().value().at(0).id;
  auto found = disk->read(orders, sequence_number{1}, sequence_number{5000}, {5000});
  BOOST_REQUIRE(!found.ok());
  BOOST_TEST(found.why().code == errc::journal_failed);
  BOOST_TEST(found.why().text.find("the file is damaged") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(opening_looks_at_no_row_behind_those_that_were_touched) {
  auto disk = open().value();
  auto orders = disk->create_queue("orders", {}).value();
  BOOST_TEST(store_in(*disk, orders, run_of(1, 9)).ok());
  auto batch = write_batch{orders, {records::erase{sequence_number{1}, 2, 2}}};
  const write_batch* all[] = {&batch};
  BOOST_TEST(disk->commit(all).ok());
  disk.reset();
  visit().exec("DELETE FROM message WHERE (key & 0xfffff) + 1 IN (2, 3, 5)");
  auto again = open().value();
  auto found = again->recover().value().at(0);
  BOOST_TEST(sequences(found.runs.at(0).run) == (list{3, 4, 5, 6, 7, 8, 9}));
  auto page = again->read(orders, sequence_number{3}, sequence_number{9}, {}).value();
  BOOST_TEST(sequences(page.runs.at(0)) == list{4});
  BOOST_TEST(sequences(page.runs.at(1)) == (list{6, 7, 8, 9}));
}

BOOST_AUTO_TEST_CASE(what_one_opening_searched_the_next_one_does_not) {
  auto disk = open().value();
  auto orders = disk->create_queue("orders", {}).value();
  BOOST_TEST(store_in(*disk, orders, run_of(1, 9)).ok());
  disk.reset();
  visit().exec("UPDATE progress SET untouched_from = up_to + 1, payload_bytes = 77");
  BOOST_TEST(open().value()->recover().value().at(0).payload_bytes == 9u);
  BOOST_TEST(text("SELECT untouched_from || ' ' || payload_bytes FROM progress") == "1 9");
}

// -- durability ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_file_keeps_a_write_ahead_log) {
  auto disk = open();
  BOOST_TEST(text("PRAGMA journal_mode") == "wal");
}

BOOST_AUTO_TEST_CASE(a_commit_is_visible_to_other_programs_at_once) {
  auto disk = open().value();
  auto orders = disk->create_queue("orders", {}).value();
  BOOST_TEST(store_in(*disk, orders, run_of(1, 3)).ok());
  BOOST_TEST(text("SELECT count(*) FROM message") == "3");
}

BOOST_AUTO_TEST_CASE(a_process_that_ends_without_closing_loses_nothing) {
  auto child = ::fork();
  if (child == 0) {
    auto disk = open().value();
    auto orders = disk->create_queue("orders", {}).value();
    ::_exit(store_in(*disk, orders, run_of(1, 3)) ? 0 : 1);
  }
  auto outcome = 0;
  ::waitpid(child, &outcome, 0);
  BOOST_TEST(WEXITSTATUS(outcome) == 0);
  BOOST_TEST(open().value()->recover().value().at(0).runs.at(0).run.count == 3u);
}

BOOST_AUTO_TEST_CASE(a_commit_that_meets_another_writer_fails_and_says_so) {
  auto disk = open().value();
  auto orders = disk->create_queue("orders", {}).value();
  auto other = visit();
  other.exec("BEGIN IMMEDIATE");
  auto outcome = store_in(*disk, orders, run_of(1, 1));
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST(outcome.why().code == errc::journal_failed);
  for (const auto* part : {"\"begin\" failed", "SQLite code 5", "end the other program"})
    BOOST_TEST(outcome.why().text.find(part) != std::string::npos, outcome.why().text);
}

BOOST_AUTO_TEST_CASE(a_failed_statement_is_named_with_its_code) {
  auto disk = open().value();
  auto orders = disk->create_queue("orders", {}).value();
  BOOST_TEST(store_in(*disk, orders, run_of(1, 1)).ok());
  auto outcome = store_in(*disk, orders, run_of(1, 1));
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST(outcome.why().text.find("\"insert message\" failed: UNIQUE") != std::string::npos);
  BOOST_TEST(outcome.why().text.find("SQLite code 1555") != std::string::npos);
}

// -- reading beside the journal -----------------------------------------------

BOOST_AUTO_TEST_CASE(a_reader_sees_the_state_before_a_transaction_that_is_open) {
  auto disk = open().value();
  auto orders = disk->create_queue("orders", {}).value();
  BOOST_TEST(store_in(*disk, orders, run_of(1, 3)).ok());
  auto reader = disk->open_reader().value();
  auto writer = visit();
  writer.exec("BEGIN IMMEDIATE; DELETE FROM message");
  auto page = reader->read(orders, sequence_number{1}, sequence_number{9}, {}).value();
  BOOST_TEST(sequences(page.runs.at(0)) == (list{1, 2, 3}));
  writer.exec("COMMIT");
  BOOST_TEST(reader->read(orders, sequence_number{1}, sequence_number{9}, {}).value().runs.empty());
}

BOOST_AUTO_TEST_CASE(a_reader_between_two_pages_does_not_keep_the_log_from_being_emptied) {
  auto disk = open().value();
  auto orders = disk->create_queue("orders", {}).value();
  BOOST_TEST(store_in(*disk, orders, run_of(1, 9)).ok());
  auto reader = disk->open_reader().value();
  BOOST_TEST(reader->read(orders, sequence_number{1}, sequence_number{2}, {1}).ok());
  BOOST_TEST(text("PRAGMA wal_checkpoint(TRUNCATE)") == "0");
  BOOST_TEST(std::filesystem::file_size(path + "-wal") == 0u);
}

// -- the log ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_journal_without_upkeep_moves_its_log_itself) {
  auto disk = open_sqlite_journal({.path = path, .log = short_log}).value();
  auto orders = disk->create_queue("orders", {}).value();
  fill(*disk, orders, 1, 20);
  BOOST_TEST(disk->figures().checkpoints > 0u);
  BOOST_TEST(!disk->wants_upkeep());
  BOOST_TEST(disk->figures().forced_checkpoints == 0u);
  BOOST_TEST(log_file() < 2 * short_log.begin_bytes);
}

BOOST_AUTO_TEST_CASE(with_upkeep_a_commit_moves_nothing_and_the_log_begins_anew_after_a_step) {
  auto disk = open_sqlite_journal({.path = path, .log = short_log}).value();
  auto upkeep = disk->open_upkeep().value();
  auto orders = disk->create_queue("orders", {}).value();
  fill(*disk, orders, 1, 20);
  BOOST_TEST(disk->wants_upkeep());
  BOOST_TEST(disk->figures().checkpoints == 0u);
  auto before = disk->figures().log_bytes;
  auto step = upkeep->step();
  BOOST_TEST(step->log_bytes == before);
  BOOST_TEST(step->moved_bytes == before);
  disk->upkeep_ended(step);
  BOOST_TEST(!disk->wants_upkeep());
  BOOST_TEST(disk->figures().checkpoints == 1u);
  fill(*disk, orders, 21, 1);
  BOOST_TEST(disk->figures().log_bytes < before / 4);
}

BOOST_AUTO_TEST_CASE(the_file_of_the_log_is_made_as_soon_as_somebody_keeps_it_up) {
  auto disk = open_sqlite_journal({.path = path, .log = short_log}).value();
  BOOST_TEST(log_file() < short_log.prepared_bytes);
  auto upkeep = disk->open_upkeep().value();
  BOOST_TEST(log_file() >= short_log.prepared_bytes);
  auto prepared = log_file();
  auto orders = disk->create_queue("orders", {}).value();
  fill(*disk, orders, 1, 5);
  BOOST_TEST(log_file() == prepared);
}

BOOST_AUTO_TEST_CASE(what_was_prepared_of_the_log_is_no_part_of_it_after_a_crash) {
  auto crashed = directory.file("crashed");
  {
    auto disk = open_sqlite_journal({.path = path, .log = short_log}).value();
    auto upkeep = disk->open_upkeep().value();
    auto orders = disk->create_queue("orders", {}).value();
    fill(*disk, orders, 1, 5);
    std::filesystem::copy_file(path, crashed);
    std::filesystem::copy_file(path + "-wal", crashed + "-wal");
  }
  auto again = open_sqlite_journal({.path = crashed, .log = short_log}).value();
  auto upkeep = again->open_upkeep().value();
  auto found = again->recover().value().at(0);
  BOOST_TEST(sequences(found.runs.at(0).run) == (list{1, 2, 3, 4, 5}));
  BOOST_TEST(SQLite::Database(crashed).execAndGet("PRAGMA integrity_check").getString() == "ok");
}

BOOST_AUTO_TEST_CASE(what_was_committed_during_a_step_is_finished_by_the_journal) {
  auto disk = open_sqlite_journal({.path = path, .log = short_log}).value();
  auto upkeep = disk->open_upkeep().value();
  auto orders = disk->create_queue("orders", {}).value();
  fill(*disk, orders, 1, 20);
  auto step = upkeep->step();
  fill(*disk, orders, 21, 1);
  disk->upkeep_ended(step);
  BOOST_TEST(disk->figures().checkpoints == 1u);
}

BOOST_AUTO_TEST_CASE(a_log_that_nobody_moves_is_moved_at_its_longest_and_counted) {
  auto disk = open_sqlite_journal({.path = path, .log = short_log}).value();
  auto upkeep = disk->open_upkeep().value();
  auto orders = disk->create_queue("orders", {}).value();
  fill(*disk, orders, 1, 200);
  BOOST_TEST(disk->figures().forced_checkpoints > 0u);
  BOOST_TEST(log_file() < 2 * short_log.most_bytes);
}

BOOST_AUTO_TEST_CASE(a_reader_in_the_middle_of_a_page_only_lets_the_log_grow) {
  auto disk =
    open_sqlite_journal({.path = path, .patience = std::chrono::milliseconds{0}, .log = short_log})
      .value();
  auto orders = disk->create_queue("orders", {}).value();
  auto other = visit();
  auto page = SQLite::Statement{other, "SELECT id FROM queue"};
  BOOST_TEST(page.executeStep());
  fill(*disk, orders, 1, 200);
  BOOST_TEST(disk->figures().checkpoints == 0u);
  BOOST_TEST(disk->figures().stored == 200u);
  page.reset();
  fill(*disk, orders, 201, 30);
  BOOST_TEST(disk->figures().checkpoints > 0u);
}

BOOST_AUTO_TEST_CASE(only_a_reader_without_end_lets_the_log_grow_beyond_its_longest) {
  auto disk =
    open_sqlite_journal({.path = path, .patience = std::chrono::milliseconds{0}, .log = short_log})
      .value();
  auto upkeep = disk->open_upkeep().value();
  auto orders = disk->create_queue("orders", {}).value();
  auto other = visit();
  auto page = SQLite::Statement{other, "SELECT id FROM queue"};
  BOOST_TEST(page.executeStep());
  auto sequence = std::uint64_t{1};
  for (; disk->figures().log_bytes < 2 * short_log.most_bytes; ++sequence)
    fill(*disk, orders, sequence, 1);
  auto beyond = disk->figures().log_bytes - short_log.most_bytes;
  BOOST_TEST(disk->figures().forced_checkpoints >= beyond / short_log.begin_bytes / 2);
  BOOST_TEST(disk->figures().forced_checkpoints <= beyond / short_log.begin_bytes + 1);
  page.reset();
  for (auto most = disk->figures().log_bytes + 2 * short_log.begin_bytes;
       disk->figures().log_bytes > short_log.begin_bytes; ++sequence) {
    fill(*disk, orders, sequence, 1);
    BOOST_TEST_REQUIRE(disk->figures().log_bytes < most);
  }
  BOOST_TEST(disk->figures().checkpoints > 0u);
}

BOOST_AUTO_TEST_CASE(what_upkeep_moved_is_what_was_committed) {
  auto disk = open_sqlite_journal({.path = path, .log = short_log}).value();
  auto upkeep = disk->open_upkeep().value();
  auto orders = disk->create_queue("orders", {}).value();
  for (auto sequence = std::uint64_t{1}; sequence <= 100; sequence += 5) {
    fill(*disk, orders, sequence, 5);
    if (disk->wants_upkeep())
      disk->upkeep_ended(upkeep->step());
  }
  BOOST_TEST(text("PRAGMA integrity_check") == "ok");
  upkeep.reset();
  disk.reset();
  BOOST_TEST(open().value()->recover()->at(0).payload_bytes == 100u * 4096);
}

// -- giving space back --------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_drained_file_is_given_back_slice_by_slice) {
  auto disk = open_sqlite_journal({.path = path, .log = short_log, .file = small_file}).value();
  auto orders = disk->create_queue("orders", {}).value();
  fill(*disk, orders, 1, 100);
  BOOST_TEST(!disk->wants_compaction());
  auto largest = std::filesystem::file_size(path);
  erase_from(*disk, orders, 1, 99);
  BOOST_TEST(disk->wants_compaction());
  auto slices = 0;
  for (; disk->wants_compaction(); ++slices)
    disk->compact();
  BOOST_TEST(slices > 5);
  BOOST_TEST(std::filesystem::file_size(path) < largest / 4);
  auto left = disk->read(orders, sequence_number{1}, sequence_number{100}, {}).value();
  BOOST_TEST(sequences(left.runs.at(0)) == list{100});
  BOOST_TEST(text("PRAGMA integrity_check") == "ok");
}

BOOST_AUTO_TEST_CASE(with_upkeep_the_file_is_shorter_after_the_step_that_follows) {
  auto disk = open_sqlite_journal({.path = path, .log = short_log, .file = small_file}).value();
  auto upkeep = disk->open_upkeep().value();
  auto orders = disk->create_queue("orders", {}).value();
  fill(*disk, orders, 1, 100);
  disk->upkeep_ended(upkeep->step());
  auto largest = std::filesystem::file_size(path);
  erase_from(*disk, orders, 1, 100);
  while (disk->wants_compaction())
    disk->compact();
  BOOST_TEST(disk->wants_upkeep());
  disk->upkeep_ended(upkeep->step());
  BOOST_TEST(std::filesystem::file_size(path) < largest / 4);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_made_before_that_keeps_its_size_until_it_is_vacuumed) {
  { auto disk = open(); }
  visit().exec("PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM");
  auto drain = [&](std::uint64_t first) {
    auto disk = open_sqlite_journal({.path = path, .file = small_file}).value();
    auto queues = disk->recover().value();
    auto orders = queues.empty() ? disk->create_queue("orders", {}).value() : queues[0].id;
    fill(*disk, orders, first, 100);
    erase_from(*disk, orders, first, 100);
    return disk->wants_compaction();
  };
  BOOST_TEST(!drain(1));
  visit().exec("PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = INCREMENTAL;"
               "PRAGMA page_size = 8192; VACUUM; PRAGMA journal_mode = WAL");
  BOOST_TEST(drain(101));
}

// -- reading with other tools -------------------------------------------------

BOOST_AUTO_TEST_CASE(the_view_tells_messages_by_queue) {
  auto disk = open().value();
  (void)disk->create_queue("bills", {}).value();
  auto orders = disk->create_queue("orders", {}).value();
  auto message = testing::envelope("hello");
  message.content = std::make_shared<const content_type>(content_type{"order", "json"});
  message.headers = std::make_shared<const header_map>(header_map{{"shop", "7"}});
  message.published_at = from_ns(1'000'000'000);
  auto page = std::make_shared<const message_page>(message_page{message});
  BOOST_TEST(store_in(*disk, orders, {page, 0, 1, sequence_number{4}, 2}).ok());
  BOOST_TEST(text("SELECT concat FROM (SELECT queue || ' ' || sequence || ' ' || type || ' '"
                  " || format || ' ' || published_at || ' ' || deliveries || ' '"
                  " || coalesce(due_at, 'ready') || ' ' || payload_bytes || ' ' || headers"
                  " AS concat FROM messages)")
             == R"(orders 4 order json 1970-01-01 00:00:01 2 ready 5 {"shop":"7"})");
}

BOOST_AUTO_TEST_CASE(stretches_of_queues_that_take_turns_are_read_as_one) {
  auto disk = open().value();
  auto orders = disk->create_queue("orders", {}).value();
  auto bills = disk->create_queue("bills", {}).value();
  for (auto first : {1u, 4097u, 8193u})
    for (auto queue : {orders, bills})
      BOOST_TEST(store_in(*disk, queue, run_of(first, 4096)).ok());
  BOOST_TEST(text("SELECT count(*) FROM extent") == "6");
  BOOST_TEST(text("SELECT sum(sequence) FROM messages WHERE queue = 'bills'") == "75503616");
  auto page = disk->read(orders, sequence_number{4096}, sequence_number{8193}, {9999}).value();
  BOOST_TEST(page.runs.at(0).first == sequence_number{4096});
  BOOST_TEST(page.runs[0].count == 4098u);
  auto batch = write_batch{orders, {records::erase{sequence_number{1}, 4097, 4097}}};
  const write_batch* all[] = {&batch};
  BOOST_TEST(disk->commit(all).ok());
  BOOST_TEST(text("SELECT count(*) FROM extent") == "5");
  disk.reset();
  auto found = open().value()->recover().value().at(0);
  BOOST_TEST(found.runs.at(0).run.first == sequence_number{4098});
  BOOST_TEST(found.runs[0].run.count == 8191u);
}

BOOST_AUTO_TEST_CASE(the_view_tells_raw_messages_and_when_they_are_due) {
  auto disk = open().value();
  auto orders = disk->create_queue("orders", {}).value();
  BOOST_TEST(store_in(*disk, orders, run_of(1, 1)).ok());
  visit().exec("UPDATE message SET due_at = 2000000000");
  BOOST_TEST(text("SELECT due_at FROM messages WHERE type IS NULL") == "1970-01-01 00:00:02");
}

BOOST_AUTO_TEST_CASE(the_view_tells_the_history_of_a_message) {
  auto disk = open().value();
  auto orders = disk->create_queue("orders", {}).value();
  BOOST_TEST(store_in(*disk, orders, run_of(1, 2)).ok());
  auto batch = write_batch{orders, {records::reschedule{sequence_number{2}, 1, 1, {}, "a\n"}}};
  const write_batch* all[] = {&batch};
  BOOST_TEST(disk->commit(all).ok());
  BOOST_TEST(text("SELECT sequence FROM messages WHERE history IS NULL") == "1");
  BOOST_TEST(text("SELECT history FROM messages WHERE sequence = 2") == "a\n");
}

BOOST_AUTO_TEST_CASE(equal_content_types_are_stored_once) {
  auto disk = open().value();
  auto orders = disk->create_queue("orders", {}).value();
  auto page = message_page{};
  for (auto i = 0; i < 3; ++i) { // equal, not the same
    auto item = testing::envelope("x");
    item.content = std::make_shared<const content_type>(content_type{"order", "json"});
    page.push_back(std::move(item));
  }
  auto shared = std::make_shared<const message_page>(std::move(page));
  BOOST_TEST(store_in(*disk, orders, {shared, 0, 3, sequence_number{1}, 0}).ok());
  BOOST_TEST(text("SELECT count(*) FROM content_type") == "1");
}

BOOST_AUTO_TEST_SUITE_END()
