// What a journal would hold of one queue: rows by sequence, suspects, sessions, ids. It
// carries out records, reads pages, and is all that survives a crash.

#pragma once

#include "ferry/queue/queue_core.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <rapidcheck.h>
#include <set>
#include <span>
#include <string>
#include <tuple>
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

/// Whether every number has had a row, or only some.
enum class numbering : std::uint8_t { gapless, with_gaps };

/// Rows read back, and up to where.
struct table_page {
  std::vector<message_run> runs;
  sequence_number covered{};
};

class queue_table {
public:
  explicit queue_table(numbering of = numbering::gapless) : numbering_(of) {
  }

  // -- modifiers --------------------------------------------------------------

  void apply(std::span<const record> written) {
    for (const auto& item : written)
      std::visit([this](const auto& change) { apply(change); }, item);
  }

  void erase(sequence_number first, std::uint64_t count) {
    auto end = advanced(first, count);
    rows.erase(rows.lower_bound(first), rows.lower_bound(end));
    suspects.erase(suspects.lower_bound(first), suspects.lower_bound(end));
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
      start.payload_bytes += row.item.body.size();
    }
    for (auto sequence : suspects)
      start.suspects.push_back({sequence, 1});
    for (const auto& [session, kept] : sessions)
      start.sessions.push_back(kept);
    std::ranges::stable_sort(start.sessions, {}, &kept_session::used);
    for (const auto& [key, at] : ids)
      start.ids.push_back({key.first, key.second, at});
    std::ranges::sort(start.ids, {}, [](const auto& item) { return std::tie(item.at, item.id); });
    return start;
  }

  std::map<sequence_number, table_row> rows;
  std::set<sequence_number> suspects; // each has a row
  std::map<session_id, kept_session> sessions;
  std::map<std::pair<id_kind, std::string>, time_point> ids;
  sequence_number next{1};

private:
  void apply(const records::store& item) {
    RC_ASSERT(item.run.first == next || numbering_ == numbering::with_gaps);
    auto sequence = item.run.first;
    for (const auto& message : item.run.envelopes()) {
      RC_ASSERT(rows.emplace(sequence, table_row{message, 0, {}}).second);
      sequence = advanced(sequence, 1);
    }
    next = std::max(next, sequence);
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

  void apply(const records::forget_session& item) {
    sessions.erase(item.session);
  }

  void apply(const records::remember_id& item) {
    ids[{item.kind, item.id}] = item.at;
  }

  void apply(const records::forget_id& item) {
    ids.erase({item.kind, item.id});
  }

  void apply(const records::suspect& item) {
    for (auto i = std::uint64_t{0}; i < item.count; ++i) {
      RC_ASSERT(rows.contains(advanced(item.first, i)));
      suspects.insert(advanced(item.first, i));
    }
  }

  void apply(const records::clear_suspect& item) {
    for (auto i = std::uint64_t{0}; i < item.count; ++i) { // nothing else that is here
      auto sequence = advanced(item.first, i);
      RC_ASSERT(suspects.erase(sequence) == 1u || !rows.contains(sequence));
    }
  }

  void apply(const records::take_over&) {
    RC_FAIL("a queue that is nobody's dead-letter queue took rows over");
  }

  numbering numbering_;
};

} // namespace ferry::testing
