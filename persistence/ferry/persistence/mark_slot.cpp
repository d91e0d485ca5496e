#include "ferry/persistence/mark_slot.hpp"

#include <algorithm>
#include <cassert>

namespace ferry::persistence {

namespace {

constexpr auto bits_of_length = 8;

constexpr std::size_t length_in(std::uint64_t state) noexcept {
  return static_cast<std::size_t>(state & ((1U << bits_of_length) - 1));
}

// A power loss may leave such a run.
bool is_half_written(const marked_run& run) noexcept {
  return run.queue == queue_id::none || run.first == sequence_number::none || run.count == 0;
}

} // namespace

// The runs are stored with release after this, so that nobody sees one of them
// and still the old state.
std::uint64_t mark_slot::begin_change() noexcept {
  auto changes = state_.load(std::memory_order_relaxed) >> bits_of_length;
  auto empty = (changes + 1) << bits_of_length;
  state_.store(empty, std::memory_order_release);
  return empty;
}

void mark_slot::set(std::span<const marked_run> runs) noexcept {
  assert(runs.size() <= runs_.size());
  auto length = std::min(runs.size(), runs_.size());
  auto empty = begin_change();
  for (auto i = std::size_t{0}; i < length; ++i) {
    runs_[i].queue.store(value_of(runs[i].queue), std::memory_order_release);
    runs_[i].first.store(value_of(runs[i].first), std::memory_order_release);
    runs_[i].count.store(runs[i].count, std::memory_order_release);
  }
  state_.store(empty | length, std::memory_order_release);
}

void mark_slot::clear() noexcept {
  begin_change();
}

std::vector<marked_run> mark_slot::runs() const {
  auto copy = std::array<marked_run, crash_mark::most_runs>{};
  auto length = std::size_t{0};
  for (auto state = ~std::uint64_t{0}; state_.load(std::memory_order_relaxed) != state;) {
    state = state_.load(std::memory_order_acquire);
    length = std::min(length_in(state), copy.size());
    std::transform(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(length), copy.begin(),
                   &mark_slot::read);
  }
  auto found = std::vector<marked_run>{copy.begin(),
                                       copy.begin() + static_cast<std::ptrdiff_t>(length)};
  std::erase_if(found, is_half_written);
  return found;
}

marked_run mark_slot::read(const run_words& run) noexcept {
  return {queue_id{static_cast<std::uint32_t>(run.queue.load(std::memory_order_acquire))},
          sequence_number{run.first.load(std::memory_order_acquire)},
          run.count.load(std::memory_order_acquire)};
}

bool mark_slot::is_plausible() const noexcept {
  auto length = length_in(state_.load(std::memory_order_acquire));
  return length <= runs_.size()
         && std::all_of(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(length),
                        [](const run_words& run) {
                          return run.queue.load() <= value_of(last_queue)
                                 && run.first.load() <= value_of(last_sequence)
                                 && run.count.load() <= value_of(last_sequence);
                        });
}

} // namespace ferry::persistence
