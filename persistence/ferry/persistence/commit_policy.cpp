#include "ferry/persistence/commit_policy.hpp"

#include <algorithm>
#include <variant>

namespace ferry::persistence {

namespace {

struct amount {
  std::uint64_t messages = 0;
  std::size_t bytes = 0;

  void add(const record& item) {
    if (const auto* stored = std::get_if<records::store>(&item)) {
      messages += stored->run.count;
      bytes += resident_bytes(stored->run);
    } else {
      messages += 1;
    }
  }

  [[nodiscard]] bool reaches(const commit_limits& limits) const noexcept {
    return messages >= limits.messages || bytes >= limits.bytes;
  }
};

struct ends_messages {
  bool operator()(const records::erase&) const {
    return true;
  }

  bool operator()(const records::remember_id& item) const {
    return item.kind == id_kind::handled;
  }

  bool operator()(const records::forget_id& item) const {
    return item.kind == id_kind::handled;
  }

  bool operator()(const auto&) const {
    return false;
  }
};

} // namespace

std::size_t next_share(std::span<const write_batch* const> waiting, commit_limits limits) {
  auto taken = amount{};
  auto count = std::size_t{0};
  while (count < waiting.size() && !taken.reaches(limits)) {
    for (const auto& item : waiting[count]->records)
      taken.add(item);
    ++count;
  }
  return count;
}

bool may_wait(const write_batch& batch) {
  auto ends = [](const record& item) { return std::visit(ends_messages{}, item); };
  return !batch.records.empty() && std::ranges::all_of(batch.records, ends);
}

bool may_overtake(const write_batch& batch) {
  auto erases = [](const record& item) { return std::holds_alternative<records::erase>(item); };
  return !batch.records.empty() && std::ranges::all_of(batch.records, erases);
}

} // namespace ferry::persistence
