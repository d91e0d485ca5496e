#include "ferry/persistence/sqlite_schema.hpp"

#include "ferry/persistence/sqlite_failure.hpp"
#include "ferry/persistence/sqlite_pragmas.hpp"

#include <SQLiteCpp/Transaction.h>

#include <sqlite3.h>

#include <array>
#include <cstdio>
#include <string>

namespace ferry::persistence {

namespace {

// message.key joins queue and sequence up to version 3. Only this table is not
// STRICT: checking the types of each row again costs 15 ns of some 350 ns.
constexpr auto version_1 = R"sql(
  CREATE TABLE journal_meta (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL
  ) STRICT;
  INSERT INTO journal_meta VALUES (1, 0);

  CREATE TABLE queue (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    next_sequence INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE queue_option (
    queue INTEGER NOT NULL,
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (queue, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE producer_session (
    queue   INTEGER NOT NULL,
    session INTEGER NOT NULL,
    up_to   INTEGER NOT NULL,
    used    INTEGER NOT NULL,
    PRIMARY KEY (queue, session)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE content_type (
    id     INTEGER PRIMARY KEY,
    type   TEXT NOT NULL,
    format TEXT NOT NULL,
    UNIQUE (type, format)
  ) STRICT;

  CREATE TABLE message (
    key          INTEGER PRIMARY KEY,
    published_at INTEGER NOT NULL,
    deliveries   INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    content      INTEGER NOT NULL,
    headers      TEXT,
    payload      BLOB NOT NULL
  );

  CREATE VIEW messages AS
  SELECT queue.name AS queue,
         message.key & 0xffffffffff AS sequence,
         content_type.type AS type,
         content_type.format AS format,
         datetime(message.published_at / 1000000000, 'unixepoch') AS published_at,
         message.deliveries AS deliveries,
         datetime(nullif(message.due_at, 0) / 1000000000, 'unixepoch') AS due_at,
         length(message.payload) AS payload_bytes,
         message.headers AS headers
    FROM queue
    JOIN message ON message.key BETWEEN queue.id << 40 AND (queue.id << 40) + 0xffffffffff
    LEFT JOIN content_type ON content_type.id = message.content;
)sql";

// history comes last and is never named by an insert: a message that was never
// redelivered pays one byte for it.
constexpr auto version_2 = R"sql(
  ALTER TABLE message ADD COLUMN history TEXT;

  ALTER TABLE producer_session ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE message_id (
    queue INTEGER NOT NULL,
    kind  INTEGER NOT NULL,
    id    TEXT NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (queue, kind, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE suspect (
    key INTEGER PRIMARY KEY
  ) STRICT;

  DROP VIEW messages;
  CREATE VIEW messages AS
  SELECT queue.name AS queue,
         message.key & 0xffffffffff AS sequence,
         content_type.type AS type,
         content_type.format AS format,
         datetime(message.published_at / 1000000000, 'unixepoch') AS published_at,
         message.deliveries AS deliveries,
         datetime(nullif(message.due_at, 0) / 1000000000, 'unixepoch') AS due_at,
         length(message.payload) AS payload_bytes,
         message.headers AS headers,
         message.history AS history
    FROM queue
    JOIN message ON message.key BETWEEN queue.id << 40 AND (queue.id << 40) + 0xffffffffff
    LEFT JOIN content_type ON content_type.id = message.content;
)sql";

// How far a queue is (session 0) and each of its producers: one leaf for all that a
// small commit notes at its end. What was stored before is looked at once more by the
// first opening, which then knows where the untouched rows begin.
constexpr auto version_3 = R"sql(
  CREATE TABLE progress (
    queue          INTEGER NOT NULL,
    session        INTEGER NOT NULL,
    up_to          INTEGER NOT NULL,
    used           INTEGER,
    used_at        INTEGER,
    untouched_from INTEGER,
    payload_bytes  INTEGER,
    PRIMARY KEY (queue, session)
  ) STRICT, WITHOUT ROWID;

  INSERT INTO progress (queue, session, up_to, used, used_at)
  SELECT queue, session, up_to, used, used_at FROM producer_session WHERE session <> 0;

  INSERT INTO progress (queue, session, up_to, untouched_from, payload_bytes)
  SELECT id, 0, next_sequence - 1, next_sequence,
         (SELECT coalesce(sum(length(payload)), 0) FROM message
           WHERE key BETWEEN queue.id << 40 AND (queue.id << 40) + 0xffffffffff)
    FROM queue;

  DROP TABLE producer_session;
  ALTER TABLE queue DROP COLUMN next_sequence;
)sql";

// Which keys are whose, see row_extents.hpp. A key of before, queue << 40 | sequence,
// stays as it is: it belongs to the extent with the number key >> 20. What is there is
// found by one search per extent, not by looking at each row.
constexpr auto version_4 = R"sql(
  CREATE TABLE extent (
    queue  INTEGER NOT NULL,
    first  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (queue, first)
  ) STRICT, WITHOUT ROWID;

  INSERT INTO extent (queue, first, number)
  WITH RECURSIVE used (number) AS (
    SELECT min(key) >> 20 FROM message
    UNION ALL
    SELECT (SELECT min(key) >> 20 FROM message WHERE key >= (used.number + 1) << 20)
      FROM used WHERE used.number IS NOT NULL
  )
  SELECT number >> 20, (number & 0xfffff) << 20, number FROM used WHERE number IS NOT NULL;

  DROP VIEW messages;
  CREATE VIEW messages AS
  SELECT queue.name AS queue,
         extent.first + (message.key & 0xfffff) AS sequence,
         content_type.type AS type,
         content_type.format AS format,
         datetime(message.published_at / 1000000000, 'unixepoch') AS published_at,
         message.deliveries AS deliveries,
         datetime(nullif(message.due_at, 0) / 1000000000, 'unixepoch') AS due_at,
         length(message.payload) AS payload_bytes,
         message.headers AS headers,
         message.history AS history
    FROM queue
    JOIN extent ON extent.queue = queue.id
    JOIN message ON message.key BETWEEN extent.number << 20 AND (extent.number << 20) + 0xfffff
    LEFT JOIN content_type ON content_type.id = message.content;
)sql";

constexpr auto steps_so_far
  = std::array<schema_step, 4>{version_1, version_2, version_3, version_4};

// -- who wrote the file -------------------------------------------------------

struct file_identity {
  std::int64_t application = 0;
  std::int64_t version = 0;
  bool is_empty = false;
};

// Reads only, and sets nothing: a file that turns out to be foreign stays as it is.
// The tables of another application are not even looked at.
file_identity identify(SQLite::Database& database) {
  return named("identify file", [&] {
    auto found = file_identity{};
    found.application = database.execAndGet("PRAGMA application_id").getInt64();
    found.version = database.execAndGet("PRAGMA user_version").getInt64();
    if (found.application == 0)
      found.is_empty = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt64() == 0;
    return found;
  });
}

bool is_fresh(const file_identity& found) {
  return found.application == 0 && found.version == 0 && found.is_empty;
}

std::string hexadecimal(std::int64_t id) {
  auto text = std::array<char, 16>{};
  std::snprintf(text.data(), text.size(), "0x%08x", static_cast<unsigned>(id));
  return text.data();
}

error foreign(const SQLite::Database& database, const std::string& reason) {
  return {errc::journal_foreign, "file \"" + database.getFilename() + "\" " + reason};
}

status check_identity(const SQLite::Database& database, const file_identity& found,
                      std::size_t known) {
  if (is_fresh(found))
    return success();
  if (found.application != application_id)
    return foreign(database, "belongs to another application (application_id is "
                               + hexadecimal(found.application) + ", a ferry journal has "
                               + hexadecimal(application_id) + "); choose another path");
  if (found.version < 0 || static_cast<std::uint64_t>(found.version) > known)
    return foreign(database, "is a ferry journal of version " + std::to_string(found.version)
                               + ", this ferry knows versions up to " + std::to_string(known)
                               + "; update the program that opens it");
  return success();
}

// -- migrating ----------------------------------------------------------------

void apply(SQLite::Database& database, schema_step step, std::size_t version) {
  auto name = "migrate to version " + std::to_string(version);
  named(name.c_str(), [&] {
    auto transaction = SQLite::Transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
    database.exec(step);
    database.exec("PRAGMA application_id = " + std::to_string(application_id));
    database.exec("PRAGMA user_version = " + std::to_string(version));
    transaction.commit();
  });
}

status identify_and_migrate(SQLite::Database& database, std::span<const schema_step> steps) {
  auto found = identify(database);
  if (auto known = check_identity(database, found, steps.size()); !known)
    return known;
  if (is_fresh(found))
    set_file_pragmas(database);
  for (auto version = static_cast<std::size_t>(found.version); version < steps.size(); ++version)
    apply(database, steps[version], version + 1);
  return success();
}

} // namespace

std::span<const schema_step> schema_steps() noexcept {
  return steps_so_far;
}

status prepare(SQLite::Database& database, std::span<const schema_step> steps) {
  try {
    return identify_and_migrate(database, steps);
  } catch (const sqlite_failure& cause) {
    if ((cause.code() & 0xff) == SQLITE_NOTADB)
      return foreign(database, "is not a SQLite database, so it is no ferry journal; choose"
                               " another path, or move the file away if it was one");
    return explain(database.getFilename(), cause);
  }
}

} // namespace ferry::persistence
