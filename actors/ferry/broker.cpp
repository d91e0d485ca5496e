// The composition root: the one place that knows which journal is behind the port.
//
// What a broker does when it is open stands beside it: broker_queues.cpp (its queues as
// a user sees them), broker_clients.cpp (producers, consumers, supervision),
// broker_nodes.cpp (serving and connecting), broker_closing.cpp.

#include "ferry/broker.hpp"

#include "ferry/actors/broker_impl.hpp"
#include "ferry/actors/reader_actor.hpp"
#include "ferry/actors/upkeep_actor.hpp"
#include "ferry/persistence/journal_path.hpp"
#include "ferry/persistence/sqlite_journal.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <vector>

namespace ferry {

namespace {

using namespace std::chrono_literals;

constexpr auto counting_limit = 5s; // a journal that fails meanwhile is opened again later

// A journal is opened again at the same place, wherever the program has gone since.
std::string absolute(const std::string& path) {
  auto unknown = std::error_code{};
  auto full = std::filesystem::absolute(path, unknown);
  return unknown ? path : full.string();
}

} // namespace

// -- what its parts share -----------------------------------------------------------

std::uint64_t random_number() {
  auto device = std::random_device{};
  return (std::uint64_t{device()} << 32 | device()) | 1; // 0 means none
}

std::function<void(const std::string&)>
one_at_a_time(std::function<void(const std::string&)> report) {
  if (!report)
    return {};
  return [report = std::move(report), mutex = std::make_shared<std::mutex>()](const auto& text) {
    auto held = std::lock_guard{*mutex};
    report(text);
  };
}

// -- opening ----------------------------------------------------------------------

status broker::impl::start() {
  auto links = actors::broker_links{{}, {}, clock, epoch{1}, random_number()};
  auto kept = std::vector<persistence::stored_queue>{};
  if (!config.journal.empty()) {
    auto open_journal = [path = absolute(config.journal)] {
      return persistence::open_sqlite_journal({path});
    };
    auto storage = open_journal();
    if (!storage)
      return storage.why();
    auto recovered = (*storage)->recover();
    if (!recovered)
      return recovered.why();
    kept = std::move(*recovered);
    auto left = open_marks(kept);
    if (!left)
      return left.why();
    links.marks = std::move(*left);
    if (auto begun = start_companions(**storage); !begun)
      return begun.why();
    links.opened = (*storage)->opened();
    links.reader = companions.reader;
    links.journal = journal
      = actors::spawn_journal(system, std::move(*storage), open_journal, companions,
                              actors::placement::shared);
  }
  links.report = one_at_a_time(config.report);
  links.budget = std::make_shared<resident_budget>(config.resident_bytes);
  supervisor = links.supervisor
    = actors::spawn_supervisor(system, {clock, random_number(), links.report});
  auto left = links.marks;
  actor = actors::spawn_broker(system, std::move(links), std::move(kept));
  if (left) // a handler that kills us before would have the deaths before it counted twice
    (void)left->wait_until_counted(counting_limit);
  open = true;
  return success();
}

status broker::impl::start_companions(persistence::journal& storage) {
  auto source = storage.open_reader();
  if (!source)
    return source.why();
  auto upkeep = storage.open_upkeep();
  if (!upkeep)
    return upkeep.why();
  auto where = actors::placement::detached;
  companions.reader = actors::spawn_reader(system, std::move(*source), where);
  companions.upkeep = actors::spawn_upkeep(system, std::move(*upkeep), where);
  return success();
}

result<std::shared_ptr<actors::left_behind>>
broker::impl::open_marks(const std::vector<persistence::stored_queue>& kept) {
  auto opened = persistence::crash_marks::open(persistence::marks_path(config.journal));
  if (!opened)
    return opened.why();
  marks = std::move(*opened);
  auto known = std::set<queue_id>{};
  for (const auto& queue : kept)
    known.insert(queue.id);
  return std::make_shared<actors::left_behind>(marks, known);
}

result<broker> broker::open(caf::actor_system& system, broker_config config) {
  if (config.resident_bytes < least_share)
    return error{errc::invalid_argument, "broker_config: resident_bytes is "
                                           + std::to_string(config.resident_bytes)
                                           + ", allowed is 64 KiB or more"};
  auto opened = std::make_unique<impl>(system, std::move(config));
  if (auto outcome = opened->start(); !outcome)
    return outcome.why();
  return broker{std::move(opened)};
}

// -- outbox files -----------------------------------------------------------------

result<std::shared_ptr<actors::durable_outbox>> open_outbox(const std::string& queue,
                                                            const producer_config& config) {
  if (config.outbox.empty())
    return std::shared_ptr<actors::durable_outbox>{};
  auto storage = persistence::open_sqlite_journal({config.outbox});
  if (!storage)
    return storage.why();
  auto file = std::make_unique<persistence::outbox_journal>(std::move(*storage), queue,
                                                            config.outbox);
  auto kept = file->recover(session_id{random_number()});
  if (!kept)
    return kept.why();
  return std::make_shared<actors::durable_outbox>(
    actors::durable_outbox{std::move(file), std::move(*kept)});
}

// -- moving and letting go ----------------------------------------------------------

broker::broker(std::unique_ptr<impl> opened) : impl_(std::move(opened)) {
}

broker::broker(broker&&) noexcept = default;

broker& broker::operator=(broker&& other) noexcept {
  if (impl_ && this != &other)
    (void)close();
  impl_ = std::move(other.impl_);
  return *this;
}

broker::~broker() {
  if (impl_)
    (void)close();
}

} // namespace ferry
