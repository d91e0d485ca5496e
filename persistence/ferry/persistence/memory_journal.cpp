#include "ferry/persistence/memory_journal.hpp"

#include "ferry/persistence/append_run.hpp"
#include "ferry/retry/attempt.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <variant>

namespace ferry::persistence {

namespace {

// -- applying records to a copy -----------------------------------------------

// One commit under way: the storage as it would become, and the first error.
struct draft {
  memory_storage storage;
  journal_figures figures;
  error failure;

  void fail(const std::string& text) {
    if (failure.code == errc::none)
      failure = {errc::journal_failed, text + "; what was not confirmed is not stored"};
  }

  memory_queue* find(queue_id id) {
    auto found = storage.queues.find(id);
    return found == storage.queues.end() ? nullptr : &found->second;
  }

  void erase(queue_id id, sequence_number first, std::uint64_t count);

  void apply(queue_id id, const records::store& record);
  void apply(queue_id id, const records::erase& record);
  void apply(queue_id id, const records::reschedule& record);
  void apply(queue_id id, const records::remember_session& record);
  void apply(queue_id id, const records::forget_session& record);
  void apply(queue_id id, const records::remember_id& record);
  void apply(queue_id id, const records::forget_id& record);
  void apply(queue_id id, const records::suspect& record);
  void apply(queue_id id, const records::clear_suspect& record);
  void apply(queue_id id, const records::take_over& record);
};

bool holds(sequence_number first, std::uint64_t count, sequence_number candidate) {
  return candidate >= first && value_of(candidate) - value_of(first) < count;
}

void draft::erase(queue_id id, sequence_number first, std::uint64_t count) {
  if (auto* queue = find(id))
    figures.erased +=
      std::erase_if(queue->rows, [&](const auto& row) { return holds(first, count, row.first); });
}

void draft::apply(queue_id id, const records::store& record) {
  auto* queue = find(id);
  if (!queue)
    return fail("queue " + std::to_string(value_of(id)) + " was never created");
  auto sequence = record.run.first;
  for (const auto& message : record.run.envelopes()) {
    auto row = memory_row{message, record.run.deliveries, {}, {}};
    if (!queue->rows.emplace(sequence, std::move(row)).second)
      return fail("message " + std::to_string(value_of(sequence)) + " of queue \"" + queue->name
                  + "\" is stored already");
    sequence = advanced(sequence, 1);
    ++figures.stored;
  }
  queue->next = std::max(queue->next, sequence);
}

void draft::apply(queue_id id, const records::erase& record) {
  erase(id, record.first, record.count);
}

void draft::apply(queue_id id, const records::reschedule& record) {
  if (auto* queue = find(id))
    for (auto& [sequence, row] : queue->rows)
      if (holds(record.first, record.count, sequence)) {
        row.deliveries = record.deliveries;
        row.due = record.due;
        row.history += record.attempt;
      }
}

void draft::apply(queue_id id, const records::remember_session& record) {
  apply(id, records::forget_session{record.session});
  if (auto* queue = find(id))
    queue->sessions.push_back({record.session, record.up_to, record.used});
}

void draft::apply(queue_id id, const records::forget_session& record) {
  if (auto* queue = find(id))
    std::erase_if(queue->sessions,
                  [&](const auto& known) { return known.session == record.session; });
}

void draft::apply(queue_id id, const records::remember_id& record) {
  if (auto* queue = find(id))
    queue->ids[{record.id, record.kind}] = record.at;
}

void draft::apply(queue_id id, const records::forget_id& record) {
  if (auto* queue = find(id))
    queue->ids.erase({record.id, record.kind});
}

void draft::apply(queue_id id, const records::suspect& record) {
  if (auto* queue = find(id))
    for (const auto& row : queue->rows)
      if (holds(record.first, record.count, row.first))
        queue->suspects.insert(row.first);
}

void draft::apply(queue_id id, const records::clear_suspect& record) {
  if (auto* queue = find(id))
    std::erase_if(queue->suspects, [&](auto suspected) {
      return holds(record.first, record.count, suspected);
    });
}

void draft::apply(queue_id, const records::take_over& record) {
  erase(record.origin, record.first, record.count);
}

// -- reading ------------------------------------------------------------------

std::vector<stored_run> runs_of(const memory_queue& queue) {
  auto runs = std::vector<stored_run>{};
  for (const auto& [sequence, row] : queue.rows)
    append_run(runs, stored_run{{nullptr, 0, 1, sequence, row.deliveries}, row.due});
  return runs;
}

// Stable: what is as old stays in the order of the map.
std::vector<stored_id> ids_of(const memory_queue& queue) {
  auto ids = std::vector<stored_id>{};
  for (const auto& [name, at] : queue.ids)
    ids.push_back({name.second, name.first, at});
  std::stable_sort(ids.begin(), ids.end(),
                   [](const auto& left, const auto& right) { return left.at < right.at; });
  return ids;
}

std::uint64_t payload_bytes_of(const memory_queue& queue) {
  auto bytes = std::uint64_t{0};
  for (const auto& [sequence, row] : queue.rows)
    bytes += row.message.body.size();
  return bytes;
}

stored_page page_of(const memory_queue& queue, sequence_number first, sequence_number last,
                    page_limit limit) {
  auto page = std::make_shared<message_page>();
  auto found = stored_page{{}, last};
  auto bytes = std::size_t{0};
  for (const auto& [sequence, row] : queue.rows) {
    if (sequence < first || sequence > last)
      continue;
    auto place = static_cast<std::uint32_t>(page->size());
    page->push_back(with_attempts(row.message, row.history));
    bytes += row.message.body.size();
    append_run(found.runs, {page, place, 1, sequence, row.deliveries});
    if (page->size() == limit.rows || bytes >= limit.bytes) {
      found.covered = sequence;
      break;
    }
  }
  return found;
}

class memory_reader final : public journal_reader {
public:
  explicit memory_reader(std::shared_ptr<const memory_storage> storage)
    : storage_(std::move(storage)) {
  }

  result<stored_page> read(queue_id queue, sequence_number first, sequence_number last,
                           page_limit limit) override {
    assert(limit.rows > 0);
    auto found = storage_->queues.find(queue);
    return found == storage_->queues.end() ? stored_page{{}, last}
                                           : page_of(found->second, first, last, limit);
  }

private:
  std::shared_ptr<const memory_storage> storage_;
};

} // namespace

memory_journal::memory_journal(std::shared_ptr<memory_storage> storage)
  : storage_(std::move(storage)),
    opened_(advanced(storage_->opened, 1)) {
  storage_->opened = opened_;
}

result<std::vector<stored_queue>> memory_journal::recover() {
  auto queues = std::vector<stored_queue>{};
  for (auto& [id, queue] : storage_->queues) {
    std::erase_if(queue.suspects, [&rows = queue.rows](auto item) { return !rows.contains(item); });
    queues.push_back({id,
                      queue.name,
                      queue.config,
                      queue.next,
                      runs_of(queue),
                      payload_bytes_of(queue),
                      queue.sessions,
                      ids_of(queue),
                      {queue.suspects.begin(), queue.suspects.end()}});
  }
  return queues;
}

epoch memory_journal::opened() const {
  return opened_;
}

result<queue_id> memory_journal::create_queue(const std::string& name, const queue_config& config) {
  if (failed_)
    return *failed_;
  auto id = queue_id{static_cast<std::uint32_t>(storage_->queues.size() + 1)};
  storage_->queues[id] = memory_queue{name, config, sequence_number{1}, {}, {}, {}, {}};
  return id;
}

status memory_journal::commit(std::span<const write_batch* const> batches) {
  if (next_failure_)
    failed_ = std::exchange(next_failure_, std::nullopt);
  if (failed_)
    return *failed_;
  auto next = draft{*storage_, figures_, {}};
  for (const auto* batch : batches)
    for (const auto& record : batch->records)
      std::visit([&](const auto& change) { next.apply(batch->queue, change); }, record);
  if (next.failure.code != errc::none) {
    failed_ = next.failure;
    return *failed_;
  }
  *storage_ = std::move(next.storage);
  figures_ = next.figures;
  ++figures_.commits;
  return success();
}

result<stored_page> memory_journal::read(queue_id queue, sequence_number first,
                                         sequence_number last, page_limit limit) {
  if (failed_)
    return *failed_;
  return memory_reader{storage_}.read(queue, first, last, limit);
}

result<std::unique_ptr<journal_reader>> memory_journal::open_reader() {
  if (failed_)
    return *failed_;
  return std::unique_ptr<journal_reader>{std::make_unique<memory_reader>(storage_)};
}

journal_figures memory_journal::figures() const {
  return figures_;
}

void memory_journal::fail_next_commit(error why) {
  next_failure_ = std::move(why);
}

} // namespace ferry::persistence
