#include "ferry/persistence/outbox_journal.hpp"

#include <algorithm>
#include <utility>

namespace ferry::persistence {

namespace {

constexpr auto page_size = page_limit{1024, std::size_t{1} << 20};

// What a broker would have to run if it opened the file by mistake: a queue that
// keeps everything and wants no other.
queue_config keeps_everything() {
  return dead_letter_config({});
}

sequence_number place_of(publish_number number) {
  return sequence_number{value_of(number)};
}

publish_number number_at(sequence_number place) {
  return publish_number{value_of(place)};
}

publish_number before(sequence_number place) {
  return publish_number{value_of(place) - 1};
}

outbox_page as_page(const message_run& run) {
  auto items = run.envelopes();
  return {number_at(run.first),
          std::make_shared<const message_page>(items.begin(), items.end())};
}

} // namespace

outbox_journal::outbox_journal(std::unique_ptr<journal> storage, std::string queue,
                               std::string path)
  : storage_(std::move(storage)), queue_(std::move(queue)), path_(std::move(path)) {
}

// -- recovering ---------------------------------------------------------------

result<kept_outbox> outbox_journal::recover(session_id fresh) {
  auto found = open_queue(fresh);
  if (!found)
    return found.why();
  auto first = found->runs.empty() ? found->next : found->runs.front().run.first;
  auto kept = kept_outbox{found->sessions.front().session, number_at(found->next), {}};
  id_ = found->id;
  recorded_ = before(found->next);
  erasable_ = erased_ = before(first);
  if (found->runs.empty())
    return kept;
  auto pages = read_pages(first, place_of(recorded_));
  if (!pages)
    return pages.why();
  kept.pages = std::move(*pages);
  return kept;
}

result<stored_queue> outbox_journal::open_queue(session_id fresh) {
  auto queues = storage_->recover();
  if (!queues)
    return queues.why();
  if (queues->empty())
    return create(fresh);
  auto& found = queues->front();
  if (queues->size() > 1 || found.name != "outbox:" + queue_)
    return foreign("holds \"" + found.name + "\"");
  if (found.sessions.empty()) { // its maker ended between two commits
    id_ = found.id;
    if (auto made = commit({records::remember_session{fresh, {}, {}}}); !made)
      return made.why();
    found.sessions.push_back({fresh, {}});
  }
  return std::move(found);
}

result<stored_queue> outbox_journal::create(session_id fresh) {
  auto made = stored_queue{};
  made.name = "outbox:" + queue_;
  auto id = storage_->create_queue(made.name, keeps_everything());
  if (!id)
    return id.why();
  made.id = id_ = *id;
  if (auto remembered = commit({records::remember_session{fresh, {}, {}}}); !remembered)
    return remembered.why();
  made.sessions.push_back({fresh, {}});
  return made;
}

// Numbers that are missing would hold up the queue for ever.
result<std::vector<outbox_page>> outbox_journal::read_pages(sequence_number first,
                                                            sequence_number last) {
  auto pages = std::vector<outbox_page>{};
  auto next = first;
  while (next <= last) {
    auto part = storage_->read(id_, next, last, page_size);
    if (!part)
      return part.why();
    for (const auto& run : part->runs) {
      if (run.first != next)
        break;
      pages.push_back(as_page(run));
      next = advanced(run.first, run.count);
    }
    if (next != advanced(part->covered, 1))
      return foreign("has lost message " + std::to_string(value_of(next)));
  }
  return pages;
}

error outbox_journal::foreign(const std::string& found) const {
  return {errc::journal_foreign, "the file \"" + path_ + "\" " + found
                                   + " and cannot be the outbox of a producer of queue \"" + queue_
                                   + "\"; name another file in producer_config::outbox"};
}

// -- recording and erasing ----------------------------------------------------

status outbox_journal::record(std::span<const outbox_page> pages) {
  auto records = std::vector<ferry::record>{};
  for (const auto& item : pages) {
    if (item.last() > number_at(last_sequence))
      return error{errc::journal_failed,
                   "the outbox \"" + path_ + "\" has used up its "
                     + std::to_string(value_of(last_sequence))
                     + " numbers; when its messages are confirmed, remove the file"};
    auto run = message_run{item.page, 0, item.page->size(), place_of(item.first), 0};
    records.emplace_back(records::store{std::move(run)});
  }
  auto outcome = commit(std::move(records));
  if (outcome && !pages.empty())
    recorded_ = pages.back().last();
  return outcome;
}

void outbox_journal::erase_later(publish_number up_to) {
  erasable_ = std::max(erasable_, std::min(up_to, recorded_));
}

status outbox_journal::erase_now() {
  return has_to_erase() ? commit({}) : success();
}

// Erasing comes first: what is confirmed does not return with what is new. The bytes
// are left out, because nobody asks an outbox for them.
status outbox_journal::commit(std::vector<ferry::record> records) {
  auto batch = write_batch{id_, {}};
  if (has_to_erase())
    batch.records.emplace_back(records::erase{place_of(advanced(erased_, 1)),
                                              value_of(erasable_) - value_of(erased_), 0});
  std::ranges::move(records, std::back_inserter(batch.records));
  const auto* whole = &batch;
  auto outcome = storage_->commit({&whole, 1});
  if (!outcome)
    return error{errc::journal_failed, "the outbox \"" + path_ + "\" of a producer of queue \""
                                         + queue_ + "\" cannot be written: " + outcome.why().text};
  erased_ = erasable_;
  return outcome;
}

} // namespace ferry::persistence
