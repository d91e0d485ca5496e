// How ferry's plain values are written to and read from a wire, in one spelling
// for both CAF versions.

#pragma once

#include "ferry/actors/caf_compat.hpp"
#include "ferry/config.hpp"
#include "ferry/consumer/delivery_inbox.hpp"
#include "ferry/message.hpp"
#include "ferry/metrics/queue_figures.hpp"
#include "ferry/outcome.hpp"
#include "ferry/queue/browse.hpp"
#include "ferry/queue/consumer_table.hpp"
#include "ferry/queue/queue_core.hpp"
#include "ferry/queue/queue_effects.hpp"
#include "ferry/queue/redrive.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace ferry {

using compat::named;
using compat::fields;

// -- disguises ----------------------------------------------------------------

/// Lets `value` travel as `disguise`: `to` fills it before writing, `from` takes
/// it after reading.
template <class Inspector, class Disguise, class From>
auto inspect_as(Inspector& f, Disguise disguise, From from) {
  return compat::then_on_loading<Inspector>([&] { return compat::plain(f, disguise); },
                                            [&] { from(disguise); });
}

template <class Inspector>
auto inspect(Inspector& f, time_point& x) {
  return inspect_as(f, to_ns(x),
                    [&x](std::int64_t since_epoch_ns) { x = from_ns(since_epoch_ns); });
}

#if !FERRY_CAF_LEGACY
/// 0.17 writes every enum as its integer; 1.x wants to be told.
template <class Inspector, class Enum>
  requires(std::is_enum_v<Enum>)
auto inspect(Inspector& f, Enum& x) {
  using integer = std::underlying_type_t<Enum>;
  return inspect_as(f, static_cast<integer>(x),
                    [&x](integer value) { x = static_cast<Enum>(value); });
}
#endif

/// Durations that may be left out travel as nanoseconds; this one stands for none.
inline constexpr auto no_duration_ns = duration::min().count();

[[nodiscard]] inline std::int64_t to_wire(const std::optional<duration>& wait) {
  return wait ? wait->count() : no_duration_ns;
}

[[nodiscard]] inline std::optional<duration> from_wire(std::int64_t wait_ns) {
  return wait_ns == no_duration_ns ? std::nullopt : std::optional{duration{wait_ns}};
}

/// Bytes travel as a string: both versions copy it in one go.
template <class Inspector>
auto inspect(Inspector& f, payload& x) {
  auto view = std::as_bytes(std::span{x.bytes()});
  auto text = std::string(reinterpret_cast<const char*>(view.data()), view.size());
  return inspect_as(f, std::move(text), [&x](const std::string& read) {
    x = payload{std::as_bytes(std::span{read})};
  });
}

// -- pages --------------------------------------------------------------------

/// An envelope as it travels: its content type by place in the page's list.
struct envelope_on_wire {
  payload body;
  std::uint32_t content = 0; // from 1; 0: none
  header_map headers;
  time_point published_at{};
};

/// A stretch of a page as it travels; each content type is written once.
struct page_on_wire {
  std::vector<content_type> contents;
  std::vector<envelope_on_wire> items;
};

[[nodiscard]] page_on_wire to_wire(std::span<const envelope> items);

/// Errors   A content type that is not in the list is read as none.
[[nodiscard]] shared_page from_wire(page_on_wire page);

template <class Inspector>
auto inspect(Inspector& f, content_type& x) {
  return fields(f, x, "ferry::content_type", named{"type", x.type}, named{"format", x.format});
}

template <class Inspector>
auto inspect(Inspector& f, envelope_on_wire& x) {
  return fields(f, x, "ferry::envelope", named{"body", x.body}, named{"content", x.content},
                named{"headers", x.headers}, named{"published_at", x.published_at});
}

template <class Inspector>
auto inspect(Inspector& f, page_on_wire& x) {
  return fields(f, x, "ferry::page", named{"contents", x.contents}, named{"items", x.items});
}

template <class Inspector>
auto inspect(Inspector& f, envelope& x) {
  return inspect_as(f, to_wire({&x, 1}), [&x](page_on_wire& read) {
    if (auto page = from_wire(std::move(read)); !page->empty())
      x = page->front();
  });
}

/// Only the stretch that the run covers travels, and it arrives as a page of its
/// own.
template <class Inspector>
auto inspect(Inspector& f, message_run& x) {
  auto page = to_wire(x.envelopes());
  return compat::then_on_loading<Inspector>(
    [&] {
      return fields(f, x, "ferry::run", named{"first", x.first},
                    named{"deliveries", x.deliveries}, named{"page", page});
    },
    [&] {
      x.page = from_wire(std::move(page));
      x.offset = 0;
      x.count = x.page->size();
    });
}

// -- publishing ---------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, publish_request& x) {
  auto page = to_wire(x.page ? std::span{*x.page} : std::span<const envelope>{});
  return compat::then_on_loading<Inspector>(
    [&] {
      return fields(f, x, "ferry::publish_request", named{"session", x.session},
                    named{"oldest", x.oldest}, named{"first", x.first}, named{"page", page},
                    named{"is_resend", x.is_resend}, named{"wants_to_know", x.wants_to_know});
    },
    [&] { x.page = from_wire(std::move(page)); });
}

template <class Inspector>
auto inspect(Inspector& f, error& x) {
  return fields(f, x, "ferry::error", named{"code", x.code}, named{"text", x.text});
}

template <class Inspector>
auto inspect(Inspector& f, refusal& x) {
  return fields(f, x, "ferry::refusal", named{"number", x.number}, named{"why", x.why});
}

template <class Inspector>
auto inspect(Inspector& f, publish_outcome& x) {
  return fields(f, x, "ferry::publish_outcome", named{"session", x.session},
                named{"up_to", x.up_to}, named{"level", x.level}, named{"refused", x.refused},
                named{"resend_from", x.resend_from}, named{"held", x.held});
}

template <class Inspector>
auto inspect(Inspector& f, dead_message& x) {
  return fields(f, x, "ferry::dead_message", named{"sequence", x.sequence},
                named{"letter", x.letter});
}

// -- settling -----------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, credit& x) {
  return fields(f, x, "ferry::credit", named{"messages", x.messages}, named{"bytes", x.bytes});
}

template <class Inspector>
auto inspect(Inspector& f, subscriber& x) {
  auto lease_ns = to_wire(x.lease);
  return compat::then_on_loading<Inspector>(
    [&] {
      return fields(f, x, "ferry::subscriber", named{"limit", x.limit}, named{"name", x.name},
                    named{"lease_ns", lease_ns});
    },
    [&] { x.lease = from_wire(lease_ns); });
}

template <class Inspector>
auto inspect(Inspector& f, sequence_range& x) {
  return fields(f, x, "ferry::sequence_range", named{"first", x.first}, named{"count", x.count});
}

template <class Inspector>
auto inspect(Inspector& f, begun_work& x) {
  return fields(f, x, "ferry::begun_work", named{"consumer", x.consumer},
                named{"messages", x.messages});
}

template <class Inspector>
auto inspect(Inspector& f, delivered_run& x) {
  return fields(f, x, "ferry::delivered_run", named{"first_tag", x.first_tag},
                named{"run", x.run}, named{"deadline", x.deadline}, named{"with", x.with},
                named{"lease", x.lease}, named{"limit", x.limit});
}

template <class Inspector>
auto inspect(Inspector& f, retry_policy& x) {
  auto waits_ns = std::vector<std::int64_t>{};
  for (auto wait : x.waits)
    waits_ns.push_back(wait.count());
  return compat::then_on_loading<Inspector>(
    [&] {
      return fields(f, x, "ferry::retry_policy", named{"growth", x.growth},
                    named{"first", x.first}, named{"cap", x.cap}, named{"factor", x.factor},
                    named{"jitter", x.jitter}, named{"waits_ns", waits_ns});
    },
    [&] {
      x.waits.clear();
      for (auto wait_ns : waits_ns)
        x.waits.emplace_back(wait_ns);
    });
}

/// A nack's own policy travels as a list of none or one.
template <class Inspector>
auto inspect(Inspector& f, settlement& x) {
  auto delay_ns = to_wire(x.delay);
  auto policies = std::vector<retry_policy>{};
  if (x.retry)
    policies.push_back(*x.retry);
  return compat::then_on_loading<Inspector>(
    [&] {
      return fields(f, x, "ferry::settlement", named{"first", x.first}, named{"count", x.count},
                    named{"kind", x.kind}, named{"delay_ns", delay_ns},
                    named{"reason", x.reason}, named{"due", x.due}, named{"retry", policies});
    },
    [&] {
      x.delay = from_wire(delay_ns);
      x.retry = policies.empty() ? std::nullopt : std::optional{policies.front()};
    });
}

template <class Inspector>
auto inspect(Inspector& f, settle_outcome& x) {
  return fields(f, x, "ferry::settle_outcome", named{"settled", x.settled},
                named{"stale", x.stale});
}

// -- browsing and redriving ---------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, browse_query& x) {
  auto has_state = x.state.has_value();
  auto state = x.state.value_or(message_state{});
  return compat::then_on_loading<Inspector>(
    [&] {
      return fields(f, x, "ferry::browse_query", named{"after", x.after},
                    named{"sequences", x.sequences}, named{"has_state", has_state},
                    named{"state", state}, named{"published_from", x.published_from},
                    named{"published_to", x.published_to}, named{"limit", x.limit},
                    named{"payload", x.payload});
    },
    [&] { x.state = has_state ? std::optional{state} : std::nullopt; });
}

template <class Inspector>
auto inspect(Inspector& f, browsed_message& x) {
  return fields(f, x, "ferry::browsed_message", named{"sequence", x.sequence},
                named{"state", x.state}, named{"deliveries", x.deliveries}, named{"due", x.due},
                named{"consumer", x.consumer}, named{"message", x.message});
}

template <class Inspector>
auto inspect(Inspector& f, browse_page& x) {
  auto has_next = x.next.has_value();
  auto next = x.next.value_or(sequence_number::none);
  return compat::then_on_loading<Inspector>(
    [&] {
      return fields(f, x, "ferry::browse_page", named{"items", x.items},
                    named{"has_next", has_next}, named{"next", next}, named{"newest", x.newest});
    },
    [&] { x.next = has_next ? std::optional{next} : std::nullopt; });
}

template <class Inspector>
auto inspect(Inspector& f, redrive_options& x) {
  auto has_cause = x.cause.has_value();
  auto cause = x.cause.value_or(death_cause{});
  return compat::then_on_loading<Inspector>(
    [&] {
      return fields(f, x, "ferry::redrive_options", named{"to", x.to},
                    named{"has_cause", has_cause}, named{"cause", cause},
                    named{"origin", x.origin}, named{"reason_contains", x.reason_contains},
                    named{"sequences", x.sequences}, named{"died_from", x.died_from},
                    named{"died_to", x.died_to}, named{"per_second", x.per_second},
                    named{"limit", x.limit}, named{"max_redrives", x.max_redrives},
                    named{"mode", x.mode});
    },
    [&] { x.cause = has_cause ? std::optional{cause} : std::nullopt; });
}

template <class Inspector>
auto inspect(Inspector& f, redrive_report& x) {
  return fields(f, x, "ferry::redrive_report", named{"moved", x.moved},
                named{"would_move", x.would_move}, named{"skipped", x.skipped},
                named{"cycling", x.cycling}, named{"unknown_origin", x.unknown_origin},
                named{"unfit", x.unfit}, named{"in_use", x.in_use});
}

template <class Inspector>
auto inspect(Inspector& f, move_outcome& x) {
  return fields(f, x, "ferry::move_outcome", named{"moved", x.moved}, named{"in_use", x.in_use});
}

// -- configuration and figures ------------------------------------------------

/// A queue's figures as they travel.
struct figures_on_wire {
  std::vector<std::pair<std::string, std::uint64_t>> numbers;
  std::vector<std::pair<std::string, latency_histogram>> latencies;
};

[[nodiscard]] figures_on_wire to_wire(const queue_figures& figures);

[[nodiscard]] queue_figures from_wire(const figures_on_wire& read);

[[nodiscard]] latency_histogram histogram_from_wire(const std::vector<std::uint64_t>& counts,
                                                    double sum_ns);

/// Options travel as the texts in which a journal keeps them, so that a node of
/// another version understands what it knows and keeps its default for the rest.
/// Options that cannot be read become ones that no queue accepts.
template <class Inspector>
auto inspect(Inspector& f, queue_config& x) {
  return inspect_as(f, to_options(x), [&x](const option_list& read) {
    auto config = from_options(read);
    x = config ? *config : queue_config{.max_payload_bytes = 0};
  });
}

/// A histogram with other buckets than ours is read as empty.
template <class Inspector>
auto inspect(Inspector& f, latency_histogram& x) {
  auto counts = std::vector<std::uint64_t>(x.counts().begin(), x.counts().end());
  auto sum_ns = x.sum().count();
  return compat::then_on_loading<Inspector>(
    [&] {
      return fields(f, x, "ferry::latency_histogram", named{"counts", counts},
                    named{"sum_ns", sum_ns});
    },
    [&] { x = histogram_from_wire(counts, sum_ns); });
}

/// Figures travel with their names, so that a node of another version understands
/// those that it knows; the others are zero.
template <class Inspector>
auto inspect(Inspector& f, queue_figures& x) {
  auto wire = to_wire(x);
  return compat::then_on_loading<Inspector>(
    [&] {
      return fields(f, x, "ferry::queue_figures", named{"numbers", wire.numbers},
                    named{"latencies", wire.latencies});
    },
    [&] { x = from_wire(wire); });
}

} // namespace ferry
