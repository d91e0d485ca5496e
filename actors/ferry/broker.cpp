// The composition root: the one place that knows which journal is behind the port.

#include "ferry/broker.hpp"

#include "ferry/actors/ask.hpp"
#include "ferry/actors/broker_actor.hpp"
#include "ferry/actors/client_table.hpp"
#include "ferry/actors/consumer_actor.hpp"
#include "ferry/actors/journal_actor.hpp"
#include "ferry/actors/producer_actor.hpp"
#include "ferry/actors/reader_actor.hpp"
#include "ferry/actors/supervisor_actor.hpp"
#include "ferry/actors/upkeep_actor.hpp"
#include "ferry/nodes/broker_dialer.hpp"
#include "ferry/nodes/broker_server.hpp"
#include "ferry/nodes/node_name.hpp"
#include "ferry/persistence/crash_marks.hpp"
#include "ferry/persistence/journal_path.hpp"
#include "ferry/persistence/sqlite_journal.hpp"
#include "ferry/prometheus.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <vector>

namespace ferry {

namespace {

using namespace std::chrono_literals;
using actors::ask;
using actors::ask_all;

constexpr auto redrive_timeout = 8760h; // a slow rate takes the time it takes
constexpr auto counting_limit = 5s;     // a journal that fails meanwhile is opened again later

std::uint64_t random_number() {
  auto device = std::random_device{};
  return (std::uint64_t{device()} << 32 | device()) | 1; // 0 means none
}

/// Opens the file that `config` names, if it names one.
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

// A journal is opened again at the same place, wherever the program has gone since.
std::string absolute(const std::string& path) {
  auto unknown = std::error_code{};
  auto full = std::filesystem::absolute(path, unknown);
  return unknown ? path : full.string();
}

// The supervisor and the broker report, on threads of their own.
std::function<void(const std::string&)>
one_at_a_time(std::function<void(const std::string&)> report) {
  if (!report)
    return {};
  return [report = std::move(report), mutex = std::make_shared<std::mutex>()](const auto& text) {
    auto held = std::lock_guard{*mutex};
    report(text);
  };
}

/// Whether a queue is only not there any more.
bool is_gone(const error& why) {
  return why.code == errc::closed || why.code == errc::no_such_queue;
}

void stop_anonymously(const caf::weak_actor_ptr& producer) {
  if (auto running = caf::actor_cast<actors::producer_actor>(producer))
    compat::send_anonymously(running, messages::stop{});
}

} // namespace

struct broker::impl {
  impl(caf::actor_system& host, broker_config options)
    : system(host), config(std::move(options)), clock(actors::anchored_clock::real()) {
  }

  status start();
  status join(std::vector<std::string> addresses, const connect_config& options);
  status start_companions(persistence::journal& storage);
  result<std::shared_ptr<actors::left_behind>>
  open_marks(const std::vector<persistence::stored_queue>& kept);
  messages::supervise consumer_of(std::uint64_t group, std::uint32_t number,
                                  actors::consumer_options options);
  result<std::uint64_t> open_group(messages::open_group group);
  status stop_all();
  status stop_consumers_of(const std::string& queue, time_point deadline);
  bool stop_producers_of(const std::string& queue, time_point deadline);
  bool stop_in_time(const auto& actor, time_point deadline);
  void end_by_force();

  [[nodiscard]] result<messages::journal_report> ask_journal() const;
  [[nodiscard]] ferry::supervisor handle_of(std::uint64_t group) const {
    return {system, caf::actor_cast<caf::actor>(supervisor), group};
  }

  [[nodiscard]] time_point now() const {
    return clock.at(std::chrono::steady_clock::now());
  }

  caf::actor_system& system;
  broker_config config;
  actors::anchored_clock clock;
  actors::journal_actor journal;
  actors::journal_companions companions; // null together with the journal
  std::shared_ptr<persistence::crash_marks> marks; // null where nothing is stored
  actors::supervisor_actor supervisor;
  actors::broker_actor actor;
  actors::client_table clients;
  std::unique_ptr<actors::broker_server> server; // null while nobody is served
  std::unique_ptr<actors::broker_dialer> dialer; // null but for a connection
  bool open = false;
};

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

// -- other nodes ------------------------------------------------------------------

// What has no journal and no queues of its own; all else is the same.
status broker::impl::join(std::vector<std::string> addresses, const connect_config& options) {
  auto report = one_at_a_time(config.report);
  auto mine = actors::introduce(options.cluster, options.node, options.link);
  mine.token = options.token;
  dialer = std::make_unique<actors::broker_dialer>(options);
  supervisor = actors::spawn_supervisor(system, {clock, random_number(), report});
  auto far = actors::spawn_far_broker(system, {std::move(addresses), options.reconnect,
                                               options.link, std::move(mine), dialer->function(),
                                               supervisor, clock, random_number(), report});
  actor = caf::actor_cast<actors::broker_actor>(far);
  open = true;
  auto joined = ask<messages::joined>(system, far, messages::join{}, options.connect_limit);
  if (joined)
    return success();
  auto why = joined.why();
  if (why.code == errc::timed_out) {
    auto names = ask<messages::queue_names>(system, actor, messages::list_queues{});
    why = names ? error{} : names.why(); // it tells what keeps it from connecting
  }
  return why.code == errc::none ? success() : status{why};
}

result<broker> broker::connect(caf::actor_system& system, std::vector<std::string> addresses,
                               connect_config config) {
  if (addresses.empty())
    return error{errc::invalid_argument, "connect wants at least one address, as \"host:port\""};
  if (auto bad = check(config.link); bad.code != errc::none)
    return bad;
  auto made = std::make_unique<impl>(system, broker_config{.close_limit = config.close_limit,
                                                           .report = config.report});
  if (auto outcome = made->join(std::move(addresses), config); !outcome) {
    (void)made->stop_all();
    return outcome.why();
  }
  return broker{std::move(made)};
}

result<broker> connect(caf::actor_system& system, const std::string& address,
                       const connect_config& config) {
  return broker::connect(system, {address}, config);
}

result<std::uint16_t> broker::serve(const serve_config& config) {
  if (!impl_->open)
    return error{errc::closed, "the broker is closed"};
  if (impl_->server)
    return error{errc::invalid_argument, "the broker serves already, at port "
                                           + std::to_string(impl_->server->port())};
  if (impl_->dialer)
    return error{errc::invalid_argument, "a connection to a broker cannot serve; let its broker "
                                         "serve others"};
  auto report = one_at_a_time(impl_->config.report);
  auto server = actors::broker_server::open(impl_->system, config,
                                            {impl_->actor, impl_->clock, report});
  if (!server)
    return server.why();
  impl_->server = std::move(*server);
  return impl_->server->port();
}

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

// -- queues -----------------------------------------------------------------------

status broker::declare(const std::string& name, const queue_config& config) {
  auto answer = ask<messages::queue_info>(impl_->system, impl_->actor,
                                          messages::declare{name, config});
  return answer ? success() : answer.why();
}

result<std::vector<std::string>> broker::queues() const {
  auto answer = ask<messages::queue_names>(impl_->system, impl_->actor, messages::list_queues{});
  if (!answer)
    return answer.why();
  return std::move(answer->names);
}

result<caf::actor> broker::handle(const std::string& name) const {
  auto answer = ask<messages::queue_info>(impl_->system, impl_->actor, messages::find{name});
  if (!answer)
    return answer.why();
  return answer->queue;
}

result<queue_figures> broker::figures(const std::string& name) const {
  auto queue = handle(name);
  if (!queue)
    return queue.why();
  auto answer = ask<messages::figures>(impl_->system, actors::as<actors::queue_actor>(*queue),
                                       messages::ask_figures{});
  if (!answer)
    return answer.why();
  return answer->queue;
}

// All queues are asked at once: one after the other, a thousand take long. Those that
// are closed meanwhile are left out.
result<broker_figures> broker::figures() const {
  auto names = queues();
  if (!names)
    return names.why();
  auto finds = std::vector<actors::addressed<actors::broker_actor, messages::find>>{};
  for (const auto& name : *names)
    finds.push_back({impl_->actor, messages::find{name}});
  auto all = broker_figures{};
  auto questions = std::vector<actors::addressed<actors::queue_actor, messages::ask_figures>>{};
  for (auto& found : ask_all<messages::queue_info>(impl_->system, finds)) {
    if (!found && !is_gone(found.why()))
      return found.why();
    if (!found)
      continue;
    all.queues.push_back({std::move(found->name), {}});
    questions.push_back({actors::as<actors::queue_actor>(found->queue), {}});
  }
  auto answers = ask_all<messages::figures>(impl_->system, questions);
  for (auto at = answers.size(); at-- > 0;) {
    if (!answers[at] && !is_gone(answers[at].why()))
      return answers[at].why();
    if (answers[at])
      all.queues[at].figures = answers[at]->queue;
    else
      all.queues.erase(all.queues.begin() + static_cast<std::ptrdiff_t>(at));
  }
  auto report = impl_->ask_journal();
  if (!report)
    return report.why();
  all.journal = report->figures;
  all.commit_time = report->commit_time;
  return all;
}

result<std::string> broker::prometheus() const {
  auto all = figures();
  if (!all)
    return all.why();
  return prometheus_text(*all);
}

result<persistence::journal_figures> broker::journal_figures() const {
  auto report = impl_->ask_journal();
  if (!report)
    return report.why();
  return report->figures;
}

// Of a distant broker: only who may administer all of its queues hears of its journal.
result<messages::journal_report> broker::impl::ask_journal() const {
  if (dialer) {
    auto report = ask<messages::journal_report>(system, actor, messages::ask_journal{});
    return report || report.why().code != errc::not_permitted ? report
                                                              : messages::journal_report{};
  }
  if (!journal)
    return messages::journal_report{};
  return ask<messages::journal_report>(system, journal, messages::ask_journal{});
}

status broker::pause(const std::string& name, duration wait) {
  auto queue = handle(name);
  if (!queue)
    return queue.why();
  auto answer = ask<messages::paused>(impl_->system, actors::as<actors::queue_actor>(*queue),
                                      messages::pause{wait});
  return answer ? success() : answer.why();
}

// -- browsing and redriving ---------------------------------------------------------

result<browse_page> broker::browse(const std::string& name, const browse_query& query) const {
  auto queue = handle(name);
  if (!queue)
    return queue.why();
  auto answer = ask<messages::browsed>(impl_->system, actors::as<actors::queue_actor>(*queue),
                                       messages::browse{query});
  if (!answer)
    return answer.why();
  return std::move(answer->page);
}

result<redrive_report> broker::redrive(const std::string& dead_letter_queue,
                                       const redrive_options& options) {
  auto answer = ask<messages::redriven>(impl_->system, impl_->actor,
                                        messages::redrive{dead_letter_queue, options},
                                        redrive_timeout);
  if (!answer)
    return answer.why();
  return answer->report;
}

// -- producers and consumers ------------------------------------------------------

result<std::shared_ptr<producer_port>> broker::open_port(const std::string& name,
                                                         const producer_config& config) {
  if (auto bad = check(config); bad.code != errc::none)
    return bad;
  auto info = ask<messages::queue_info>(impl_->system, impl_->actor, messages::find{name});
  if (!info)
    return info.why();
  auto outbox = open_outbox(name, config);
  if (!outbox)
    return outbox.why();
  auto where = *outbox ? actors::placement::detached : actors::placement::shared;
  auto port = std::make_shared<producer_port>(name, info->config.max_payload_bytes, config);
  auto options = actors::producer_options{actors::as<actors::queue_actor>(info->queue), port,
                                          session_id{random_number()}, impl_->clock,
                                          std::move(*outbox), where};
  auto actor = actors::spawn_producer(impl_->system, std::move(options));
  auto ends_later = caf::actor_cast<caf::weak_actor_ptr>(actor);
  impl_->clients.add({ends_later, port, name});
  return std::shared_ptr<producer_port>{port.get(), [port, ends_later](producer_port*) {
                                          stop_anonymously(ends_later);
                                        }};
}

result<ferry::consumer> broker::run_consumers(const std::string& name,
                                              std::shared_ptr<message_handler> handler,
                                              const consumer_config& config) {
  if (auto bad = check(config); bad.code != errc::none)
    return bad;
  auto queue = ask<messages::queue_info>(impl_->system, impl_->actor, messages::find{name});
  if (!queue)
    return queue.why();
  auto where = config.threads == handler_threads::own ? actors::placement::detached
                                                      : actors::placement::shared;
  auto prefetch = credit{config.prefetch_messages, config.prefetch_bytes};
  auto options = actors::consumer_options{actors::as<actors::queue_actor>(queue->queue), name,
                                          {prefetch, config.name, config.lease},
                                          std::move(handler), impl_->clock, where,
                                          impl_->supervisor, queue->id};
  // What ends one consumer, such as a refusal of the queue, often ends all of them at
  // once. That must not look like one consumer that is lost again and again.
  auto restarts = config.restarts;
  restarts.intensity *= config.concurrency;
  auto opened = impl_->open_group({"consumers of " + name, {{}, restarts}, {}});
  if (!opened)
    return opened.why();
  auto group = impl_->handle_of(*opened);
  impl_->clients.add_group(name, *opened);
  for (auto i = std::uint32_t{1}; i <= config.concurrency; ++i) {
    auto added = ask<messages::supervised>(impl_->system, impl_->supervisor,
                                           impl_->consumer_of(*opened, i, options));
    if (!added) {
      (void)group.stop();
      return added.why();
    }
  }
  return ferry::consumer{[group](std::optional<duration> limit) mutable {
    return group.stop(limit);
  }};
}

// -- supervision ------------------------------------------------------------------

result<ferry::supervisor> broker::supervise(const std::string& name,
                                            const supervision_config& config,
                                            escalation_callback on_escalation) {
  if (name.empty())
    return error{errc::invalid_argument, "a group wants a name that is not empty"};
  if (auto bad = check(config); bad.code != errc::none)
    return bad;
  auto group = messages::open_group{name, config, {}};
  if (on_escalation)
    group.on_escalation = [name, tell = std::move(on_escalation)](const std::string& child,
                                                                  const std::string& reason) {
      tell({name, child, reason});
    };
  auto opened = impl_->open_group(std::move(group));
  if (!opened)
    return opened.why();
  return impl_->handle_of(*opened);
}

result<std::uint64_t> broker::impl::open_group(messages::open_group group) {
  if (!open)
    return error{errc::closed, "group \"" + group.name + "\": the broker is closed"};
  auto answer = ask<messages::group_opened>(system, supervisor, std::move(group));
  if (!answer)
    return answer.why();
  return answer->group;
}

// Each of a group has a mark of its own, which its lives share.
messages::supervise broker::impl::consumer_of(std::uint64_t group, std::uint32_t number,
                                              actors::consumer_options options) {
  if (marks && options.stored_as != queue_id::none)
    options.mark = std::make_shared<persistence::crash_mark>(marks->acquire());
  else
    options.mark = std::make_shared<persistence::crash_mark>();
  if (!options.who.name.empty() && number > 1)
    options.who.name += "-" + std::to_string(number);
  auto begun = [mark = options.mark] {
    auto ranges = std::vector<sequence_range>{};
    for (const auto& run : mark->current())
      ranges.push_back({run.first, run.count});
    return ranges;
  };
  auto start = [&host = system, options] {
    return caf::actor_cast<caf::actor>(actors::spawn_consumer(host, options));
  };
  return {group, "consumer " + std::to_string(number), std::move(start), child_kind::permanent,
          std::move(begun)};
}

// -- closing ----------------------------------------------------------------------

status broker::close_queue(const std::string& name, std::optional<duration> limit) {
  auto deadline = later(impl_->now(), limit.value_or(impl_->config.close_limit));
  auto outcome = impl_->stop_consumers_of(name, deadline);
  if (!impl_->stop_producers_of(name, deadline) && outcome)
    outcome = error{errc::timed_out, "queue \"" + name
                                       + "\" was closed before its producers had everything "
                                         "confirmed; what is not is refused as closed"};
  auto closed = ask<messages::stopped>(impl_->system, impl_->actor, messages::close_queue{name});
  return closed ? outcome : closed.why();
}

status broker::impl::stop_consumers_of(const std::string& queue, time_point deadline) {
  auto outcome = success();
  for (auto group : clients.take_groups(queue))
    if (auto stopped = handle_of(group).stop(std::max(deadline - now(), duration{1ms})); !stopped)
      outcome = stopped.why();
  return outcome;
}

bool broker::impl::stop_producers_of(const std::string& queue, time_point deadline) {
  auto in_time = true;
  for (const auto& item : clients.producers_of(queue))
    if (auto running = caf::actor_cast<actors::producer_actor>(item.actor);
        running && !stop_in_time(running, deadline)) {
      in_time = false;
      actors::cut_off(item);
    }
  return in_time;
}

status broker::close() {
  if (!impl_->open)
    return success();
  impl_->open = false;
  return impl_->stop_all();
}

// Consumers first, so that nothing is in flight; then producers, whose messages the
// queues still take; then the queues, and at last the file.
status broker::impl::stop_all() {
  auto deadline = later(now(), config.close_limit);
  server.reset();
  auto in_time = stop_in_time(supervisor, deadline);
  for (const auto& item : clients.producers())
    if (auto running = caf::actor_cast<actors::producer_actor>(item.actor))
      in_time = stop_in_time(running, deadline) && in_time;
  in_time = stop_in_time(actor, deadline) && in_time;
  if (!in_time)
    end_by_force();
  auto unwritten = std::string{};
  if (journal) {
    auto limit = std::max(deadline - now(), duration{1s});
    if (auto report
        = ask<messages::journal_report>(system, journal, messages::ask_journal{}, limit))
      unwritten = std::move(report->failure.text);
    (void)ask<messages::stopped>(system, companions.reader, messages::stop{});
    (void)ask<messages::stopped>(system, companions.upkeep, messages::stop{});
    (void)ask<messages::stopped>(system, journal, messages::stop{});
  }
  marks.reset();
  dialer.reset();
  journal = nullptr;
  companions = {}; // a detached actor's handle must not outlive the actor system
  supervisor = nullptr;
  actor = nullptr;
  if (!unwritten.empty())
    return error{in_time ? errc::journal_failed : errc::timed_out,
                 "the broker was closed while its journal could not be written: " + unwritten
                   + "; what was confirmed is on disk, publishes without a receipt may not be, and "
                     "what was not settled before is delivered again after the next start"};
  if (!in_time)
    return error{errc::timed_out, "the broker was closed by force because handlers or "
                                  "unconfirmed messages took longer than "
                                  "broker_config::close_limit; what was not settled is "
                                  "delivered again after the next start"};
  return success();
}

// An actor that has ended already is in time as well.
bool broker::impl::stop_in_time(const auto& which, time_point deadline) {
  auto limit = std::max(deadline - now(), duration{1ms});
  auto answer = ask<messages::stopped>(system, which, messages::stop{}, limit);
  return answer.ok() || answer.why().code != errc::timed_out;
}

void broker::impl::end_by_force() {
  for (const auto& item : clients.producers())
    actors::cut_off(item);
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

} // namespace ferry
