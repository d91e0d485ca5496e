// What a journal would hold of one queue: rows by sequence, and sessions. It
// carries out records, reads pages, and is all that survives a crash.

#pragma once

#include "ferry/queue/queue_core.hpp"

#include <map>
#include <memory>
#include <rapidcheck.h>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ferry::testing {

struct table_row {
  ferry::envelope item;
  std::uint32_t deliveries = 0;
  time_point due{};
};

/// Rows read back, and up to where.
struct table_page {
  std::vector<message_run> runs;
  sequence_number covered{};
};

class queue_table {
public:
  // -- modifiers --------------------------------------------------------------

  void apply(std::span<const record> written) {
    for (const auto& item : written)
      std::visit([this](const auto& change) { apply(change); }, item);
  }

  void erase(sequence_number first, std::uint64_t count) {
    rows.erase(rows.lower_bound(first), rows.lower_bound(advanced(first, count)));
  }

  // -- properties -------------------------------------------------------------

  /// Reads at most `limit` rows; a shorter answer covers fewer rows.
  [[nodiscard]] table_page read(const effects::load& asked, std::uint32_t limit) const {
    auto page = table_page{{}, asked.last};
    auto at = rows.lower_bound(asked.first);
    for (; at != rows.end() && at->first <= asked.last && limit > 0; ++at, --limit) {
      auto single = std::make_shared<const message_page>(message_page{at->second.item});
      page.runs.push_back({std::move(single), 0, 1, at->first, at->second.deliveries});
    }
    if (limit == 0 && !page.runs.empty())
      page.covered = page.runs.back().first;
    return page;
  }

  /// Reads every row of `ranges`.
  [[nodiscard]] std::vector<message_run> read(const std::vector<row_range>& ranges) const {
    auto runs = std::vector<message_run>{};
    for (const auto& range : ranges)
      for (auto& run : read({range.first, range.last, {}}, UINT32_MAX).runs)
        runs.push_back(std::move(run));
    return runs;
  }

  /// What a queue starts from after a crash.
  [[nodiscard]] queue_start recover() const {
    auto start = queue_start{};
    start.next = next;
    for (const auto& [sequence, row] : rows) {
      auto run = message_run{nullptr, 0, 1, sequence, row.deliveries};
      if (!start.runs.empty() && start.runs.back().due == row.due
          && continues(start.runs.back().run, run))
        ++start.runs.back().run.count;
      else
        start.runs.push_back({row.due, std::move(run)});
    }
    for (const auto& [session, kept] : sessions)
      start.sessions.push_back(kept);
    return start;
  }

  std::map<sequence_number, table_row> rows;
  std::map<session_id, kept_session> sessions;
  sequence_number next{1};

private:
  void apply(const records::store& item) {
    RC_ASSERT(item.run.first == next); // no number is left out or used twice
    for (const auto& message : item.run.envelopes()) {
      rows.emplace(next, table_row{message, 0, {}});
      next = advanced(next, 1);
    }
  }

  void apply(const records::erase& item) {
    erase(item.first, item.count);
  }

  void apply(const records::reschedule& item) {
    for (auto i = std::uint64_t{0}; i < item.count; ++i) {
      auto found = rows.find(advanced(item.first, i));
      RC_ASSERT(found != rows.end());
      found->second.deliveries = item.deliveries;
      found->second.due = item.due;
      if (!item.attempt.empty())
        found->second.item = with_attempts(found->second.item, item.attempt);
    }
  }

  void apply(const records::remember_session& item) {
    sessions[item.session] = {item.session, item.up_to, item.used};
  }

  void apply(const records::forget_session&) {
    RC_FAIL("a session was forgotten while there is room for thousands");
  }

  void apply(const records::remember_id&) {
    RC_FAIL("remembered an id that no message has");
  }

  void apply(const records::forget_id&) {
    RC_FAIL("forgot an id that no message has");
  }

  void apply(const records::suspect&) {
    RC_FAIL("suspected a message that was in no handler");
  }

  void apply(const records::clear_suspect&) {
    RC_FAIL("cleared a message that was no suspect");
  }

  void apply(const records::take_over&) {
    RC_FAIL("a queue that is nobody's dead-letter queue took rows over");
  }
};

} // namespace ferry::testing
