// What is carried: bytes that nobody in between looks into, what they are, and
// how many of them lie together.
//
//   page   [ envelope | envelope | envelope | ... ]   written once, then shared
//            ▲──── run: first, offset, count ────▲
//
// A producer fills a page; outbox, queue, journal and consumer share it. Between
// them travel runs: a stretch of one page whose sequence numbers are contiguous.

#pragma once

#include "ferry/ids.hpp"
#include "ferry/payload.hpp"
#include "ferry/time.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ferry {

/// Names what a payload holds, for whoever decodes it.
struct content_type {
  std::string type;   // the message's name as described by the user: "order"
  std::string format; // how it is encoded: "msgpack", "json", "raw"

  friend auto operator<=>(const content_type&, const content_type&) = default;
};

/// Named texts beside the payload. Names that begin with "ferry-" are ferry's.
using header_map = std::map<std::string, std::string>;

/// One message as it travels: cheap to copy, never changed after publishing.
struct envelope {
  payload body;
  std::shared_ptr<const content_type> content; // null: raw bytes of no named type
  std::shared_ptr<const header_map> headers;   // null: none
  time_point published_at{};                   // by the producer's clock
};

/// What a message takes in memory beside its payload and its headers: its envelope,
/// its share of the page, and what the allocator adds. Measured; a test compares it.
inline constexpr auto envelope_bytes = std::size_t{120};

/// What a run of messages takes beside them: its page, a payload that lies alone, and
/// its entry in an index. Measured.
inline constexpr auto run_bytes = std::size_t{248};

/// Messages that were written together, and what they take together.
///
/// Shape       As a vector that only grows; its messages do not change.
/// Cost        Sums over any stretch of it are O(1).
/// Errors      None.
/// Threads     One owner while it grows; any number of readers afterwards.
class message_page {
public:
  using value_type = envelope;
  using const_iterator = std::vector<envelope>::const_iterator;

  message_page() = default;

  message_page(std::initializer_list<envelope> items)
    : message_page(items.begin(), items.end()) {
  }

  message_page(std::size_t count, const envelope& item) {
    while (count-- > 0)
      push_back(item);
  }

  template <std::input_iterator Iterator>
  message_page(Iterator first, Iterator last) {
    for (; first != last; ++first)
      push_back(*first);
  }

  // -- modifiers --------------------------------------------------------------

  /// Appends `item`; a small payload is copied, to lie beside the one before it.
  void push_back(envelope item);
  void reserve(std::size_t count);

  /// Hands its messages over, and is empty.
  [[nodiscard]] std::vector<envelope> release() noexcept;

  // -- properties -------------------------------------------------------------

  /// The payloads of `count` messages from `offset` on.
  [[nodiscard]] std::size_t payload_bytes(std::size_t offset, std::size_t count) const noexcept {
    return before(offset + count).payload - before(offset).payload;
  }

  /// What the same messages take in memory, all in all; an estimate of a few percent.
  [[nodiscard]] std::size_t memory_bytes(std::size_t offset, std::size_t count) const noexcept {
    return before(offset + count).memory - before(offset).memory;
  }

  /// How many messages from `offset` on have payloads of at most `bytes` together.
  [[nodiscard]] std::size_t fitting(std::size_t offset, std::size_t bytes) const noexcept;

  [[nodiscard]] std::size_t size() const noexcept {
    return items_.size();
  }

  [[nodiscard]] bool empty() const noexcept {
    return items_.empty();
  }

  [[nodiscard]] const envelope* data() const noexcept {
    return items_.data();
  }

  [[nodiscard]] const envelope& operator[](std::size_t at) const noexcept {
    return items_[at];
  }

  [[nodiscard]] const envelope& front() const noexcept {
    return items_.front();
  }

  [[nodiscard]] const envelope& back() const noexcept {
    return items_.back();
  }

  [[nodiscard]] const_iterator begin() const noexcept {
    return items_.begin();
  }

  [[nodiscard]] const_iterator end() const noexcept {
    return items_.end();
  }

private:
  struct sum {
    std::size_t payload = 0;
    std::size_t memory = 0;
  };

  [[nodiscard]] sum before(std::size_t place) const noexcept {
    return place == 0 ? sum{} : sums_[place - 1];
  }

  payload_packer packer_;
  std::vector<envelope> items_;
  std::vector<sum> sums_; // of each message and all before it
};

using shared_page = std::shared_ptr<const message_page>;

/// A stretch of messages of one queue with contiguous sequence numbers, one page
/// and one history.
/// Shape   messages `first` to `first + count - 1` are `(*page)[offset]` onward.
/// Rest    without a page the payloads are on disk only.
struct message_run {
  shared_page page;
  std::uint32_t offset = 0;
  std::uint64_t count = 0; // a run without a page may be longer than any page
  sequence_number first{};
  std::uint32_t deliveries = 0; // how often each of them left the queue so far

  [[nodiscard]] sequence_number last() const noexcept {
    return advanced(first, count - 1);
  }

  [[nodiscard]] bool is_resident() const noexcept {
    return page != nullptr;
  }

  /// The envelopes of the run; empty when the payloads are on disk only.
  [[nodiscard]] std::span<const envelope> envelopes() const noexcept {
    if (!page)
      return {};
    return std::span{*page}.subspan(offset, static_cast<std::size_t>(count));
  }
};

/// Whether a handler may get a message together with others.
enum class company : std::uint8_t {
  any,
  none, // a suspect: what happens to its handler is its own doing
};

/// Messages of one queue with consecutive sequence numbers.
struct sequence_range {
  sequence_number first{};
  std::uint64_t count = 0;

  friend bool operator==(const sequence_range&, const sequence_range&) = default;
};

/// Cuts the first `count` messages off `run` and returns them.
/// Expects   `count` between 1 and `run.count`; all of it leaves an empty run.
[[nodiscard]] message_run split_front(message_run& run, std::uint64_t count);

/// A run, cut where ranges begin and end.
struct divided_run {
  std::vector<message_run> inside;
  std::vector<message_run> outside;
};

/// Sorts the messages of `run` by whether one of `ranges` names them.
[[nodiscard]] divided_run divide(message_run run, std::vector<sequence_range> ranges);

/// The run's payload bytes in RAM; 0 when it is on disk only.
[[nodiscard]] std::size_t resident_bytes(const message_run& run) noexcept;

/// What the run takes in memory, payloads included; 0 when it is on disk only.
[[nodiscard]] std::size_t memory_bytes(const message_run& run) noexcept;

/// Whether `next` continues `run` so that both can be one run.
[[nodiscard]] bool continues(const message_run& run, const message_run& next) noexcept;

} // namespace ferry
