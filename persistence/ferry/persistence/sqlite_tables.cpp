#include "ferry/persistence/sqlite_tables.hpp"

#include <stdexcept>
#include <utility>
#include <variant>

namespace ferry::persistence {

sqlite_tables::sqlite_tables(sqlite_statements& statements)
  : messages_(statements),
    queues_(statements),
    ledger_(queues_.last_use()) {
  for (const auto& [queue, mark] : queues_.read_marks())
    ledger_.know(queue, mark);
}

queue_id sqlite_tables::insert(const std::string& name, const queue_config& config) {
  auto id = queues_.insert(name, config);
  ledger_.know(id, {});
  return id;
}

row_counts sqlite_tables::write(std::span<const write_batch* const> batches) {
  ledger_.clear();
  counts_ = {};
  for (const auto* batch : batches)
    for (const auto& record : batch->records)
      std::visit([&](const auto& change) { apply(batch->queue, change); }, record);
  messages_.write_extents();
  queues_.write(ledger_);
  return counts_;
}

// -- records ------------------------------------------------------------------

void sqlite_tables::apply(queue_id queue, const records::store& record) {
  if (!ledger_.knows(queue))
    throw std::runtime_error("queue " + std::to_string(value_of(queue)) + " was never created");
  messages_.insert(queue, record.run);
  ledger_.stored(queue, record.run);
  counts_.stored += record.run.count;
}

void sqlite_tables::apply(queue_id queue, const records::erase& record) {
  counts_.erased += messages_.erase(queue, {record.first, record.count});
  ledger_.erased(queue, {record.first, record.count}, record.payload_bytes);
}

void sqlite_tables::apply(queue_id queue, const records::reschedule& record) {
  messages_.reschedule(queue, record);
  ledger_.touched(queue, {record.first, record.count});
}

void sqlite_tables::apply(queue_id queue, const records::remember_session& record) {
  ledger_.remembered(queue, record);
}

void sqlite_tables::apply(queue_id queue, const records::forget_session& record) {
  ledger_.forgotten(queue, record.session);
}

void sqlite_tables::apply(queue_id queue, const records::remember_id& record) {
  queues_.remember(queue, record);
}

void sqlite_tables::apply(queue_id queue, const records::forget_id& record) {
  queues_.forget(queue, record);
}

void sqlite_tables::apply(queue_id queue, const records::suspect& record) {
  messages_.suspect(queue, {record.first, record.count});
}

void sqlite_tables::apply(queue_id queue, const records::clear_suspect& record) {
  messages_.clear_suspects(queue, {record.first, record.count});
}

void sqlite_tables::apply(queue_id, const records::take_over& record) {
  counts_.erased += messages_.erase(record.origin, {record.first, record.count});
  ledger_.erased(record.origin, {record.first, record.count}, record.payload_bytes);
}

// -- recovering ---------------------------------------------------------------

std::vector<stored_queue> sqlite_tables::recover() {
  messages_.drop_gone_suspects();
  auto queues = queues_.read();
  for (auto& queue : queues)
    recover(queue);
  messages_.write_extents();
  return queues;
}

void sqlite_tables::recover(stored_queue& queue) {
  const auto& mark = ledger_.mark_of(queue.id);
  queue.next = mark.next;
  messages_.scan(queue, mark);
  queue.suspects = messages_.read_suspects(queue.id);
  tighten(queue);
}

// What was searched now need not be searched by the next opening.
void sqlite_tables::tighten(const stored_queue& queue) {
  const auto& mark = ledger_.mark_of(queue.id);
  auto tightened = mark.tightened(queue);
  if (tightened == mark)
    return;
  queues_.write(queue.id, tightened);
  ledger_.know(queue.id, tightened);
}

} // namespace ferry::persistence
