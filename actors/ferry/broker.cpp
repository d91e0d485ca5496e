// The composition root: the one place that knows which journal is behind the port.

#include "ferry/broker.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/broker_actor.hpp"
#include "ferry/actors/consumer_actor.hpp"
#include "ferry/actors/journal_actor.hpp"
#include "ferry/actors/producer_actor.hpp"
#include "ferry/actors/redrive_actor.hpp"
#include "ferry/actors/supervisor_actor.hpp"
#include "ferry/persistence/sqlite_journal.hpp"

#include <mutex>
#include <optional>
#include <random>

namespace ferry {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_timeout = 60s;
constexpr auto redrive_timeout = 8760h; // a slow rate takes the time it takes

std::uint64_t random_number() {
  auto device = std::random_device{};
  return (std::uint64_t{device()} << 32 | device()) | 1; // 0 means none
}

/// Asks an actor from a plain thread and waits for the answer.
template <class Answer, class Handle, class Question>
result<Answer> ask(caf::actor_system& system, const Handle& actor, Question question,
                   duration limit = answer_timeout) {
  auto self = caf::scoped_actor{system};
  auto answer = result<Answer>{error{errc::closed, "the broker is closed"}};
  compat::request(self, actor, limit, std::move(question))
    .receive([&](Answer& given) { answer = std::move(given); },
             [&](caf::error& why) { answer = actors::from_caf(why); });
  return answer;
}

// All of them are told before any is waited for, so that none takes the others'
// messages meanwhile. However long a handler takes, it has returned afterwards.
void stop_children(caf::actor_system& system, const actors::supervisor_actor& supervisor,
                   const std::vector<std::uint64_t>& children) {
  for (auto child : children)
    compat::send_anonymously(supervisor, messages::stop_child{child});
  for (auto child : children) {
    auto stop = [&] {
      return ask<messages::stopped>(system, supervisor, messages::stop_child{child});
    };
    for (auto answer = stop(); !answer && answer.why().code == errc::timed_out;)
      answer = stop();
  }
}

void stop_anonymously(const caf::weak_actor_ptr& producer) {
  if (auto running = caf::actor_cast<actors::producer_actor>(producer))
    compat::send_anonymously(running, messages::stop{});
}

} // namespace

struct broker::impl {
  /// Neither is kept alive: a producer ends with its last copy.
  struct known_producer {
    caf::weak_actor_ptr actor;
    std::weak_ptr<producer_port> port;
  };

  impl(caf::actor_system& host, broker_config options)
    : system(host), config(std::move(options)), clock(actors::anchored_clock::real()) {
  }

  status start();
  status stop_all();
  bool stop_in_time(const auto& actor, time_point deadline);
  void remember(known_producer item);
  void end_by_force();

  [[nodiscard]] time_point now() const {
    return clock.at(std::chrono::steady_clock::now());
  }

  caf::actor_system& system;
  broker_config config;
  actors::anchored_clock clock;
  actors::journal_actor journal;
  actors::supervisor_actor supervisor;
  actors::broker_actor actor;
  std::mutex mutex; // guards `producers`
  std::vector<known_producer> producers;
  bool open = false;
};

// -- opening ----------------------------------------------------------------------

status broker::impl::start() {
  auto links = actors::broker_links{{}, {}, clock, epoch{1}, random_number()};
  auto kept = std::vector<persistence::stored_queue>{};
  if (!config.journal.empty()) {
    auto storage = persistence::open_sqlite_journal({config.journal});
    if (!storage)
      return storage.why();
    auto recovered = (*storage)->recover();
    if (!recovered)
      return recovered.why();
    kept = std::move(*recovered);
    links.opened = (*storage)->opened();
    links.journal = journal
      = actors::spawn_journal(system, std::move(*storage), actors::placement::detached);
  }
  auto options = actors::supervisor_options{clock, {}, 1, {}};
  options.seed = random_number();
  options.report = config.report;
  supervisor = links.supervisor = actors::spawn_supervisor(system, std::move(options));
  actor = actors::spawn_broker(system, std::move(links), std::move(kept));
  open = true;
  return success();
}

result<broker> broker::open(caf::actor_system& system, broker_config config) {
  auto opened = std::make_unique<impl>(system, std::move(config));
  if (auto outcome = opened->start(); !outcome)
    return outcome.why();
  return broker{std::move(opened)};
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

result<persistence::journal_figures> broker::journal_figures() const {
  if (!impl_->journal)
    return persistence::journal_figures{};
  auto answer = ask<messages::journal_report>(impl_->system, impl_->journal,
                                              messages::ask_journal{});
  if (!answer)
    return answer.why();
  return answer->figures;
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
  auto worker = actors::spawn_redrive(impl_->system, {impl_->actor, impl_->clock});
  auto answer = ask<messages::redriven>(impl_->system, worker,
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
  auto port = std::make_shared<producer_port>(name, info->config.max_payload_bytes, config);
  auto actor = actors::spawn_producer(impl_->system,
                                      {actors::as<actors::queue_actor>(info->queue), port,
                                       session_id{random_number()}, config.confirm_timeout,
                                       impl_->clock});
  auto ends_later = caf::actor_cast<caf::weak_actor_ptr>(actor);
  impl_->remember({ends_later, port});
  return std::shared_ptr<producer_port>{port.get(), [port, ends_later](producer_port*) {
                                          stop_anonymously(ends_later);
                                        }};
}

result<ferry::consumer> broker::run_consumers(const std::string& name,
                                              std::shared_ptr<message_handler> handler,
                                              const consumer_config& config) {
  if (auto bad = check(config); bad.code != errc::none)
    return bad;
  auto queue = handle(name);
  if (!queue)
    return queue.why();
  auto where = config.threads == handler_threads::own ? actors::placement::detached
                                                      : actors::placement::shared;
  auto options = actors::consumer_options{actors::as<actors::queue_actor>(*queue), name,
                                          {config.prefetch_messages, config.prefetch_bytes},
                                          std::move(handler), impl_->clock, where};
  auto& system = impl_->system;
  auto start = [&system, options] {
    return caf::actor_cast<caf::actor>(actors::spawn_consumer(system, options));
  };
  auto children = std::vector<std::uint64_t>{};
  for (auto i = std::uint32_t{0}; i < config.concurrency; ++i) {
    auto child = ask<messages::supervised>(system, impl_->supervisor,
                                           messages::supervise{"a consumer of " + name, start});
    if (!child) {
      stop_children(system, impl_->supervisor, children);
      return child.why();
    }
    children.push_back(child->child);
  }
  return ferry::consumer{[&system, supervisor = impl_->supervisor, children] {
    stop_children(system, supervisor, children);
  }};
}

// -- closing ----------------------------------------------------------------------

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
  auto in_time = stop_in_time(supervisor, deadline);
  for (auto& item : producers)
    if (auto running = caf::actor_cast<actors::producer_actor>(item.actor))
      in_time = stop_in_time(running, deadline) && in_time;
  in_time = stop_in_time(actor, deadline) && in_time;
  if (!in_time)
    end_by_force();
  if (journal)
    (void)ask<messages::stopped>(system, journal, messages::stop{});
  producers.clear();
  journal = nullptr; // a detached actor's handle must not outlive the actor system
  supervisor = nullptr;
  actor = nullptr;
  if (!in_time)
    return error{errc::timed_out, "the broker was closed by force because handlers or "
                                  "unconfirmed messages took longer than "
                                  "broker_config::close_limit; what was not settled is "
                                  "delivered again after the next start"};
  return success();
}

void broker::impl::remember(known_producer item) {
  auto held = std::lock_guard{mutex};
  std::erase_if(producers, [](const known_producer& known) { return known.port.expired(); });
  producers.push_back(std::move(item));
}

// An actor that has ended already is in time as well.
bool broker::impl::stop_in_time(const auto& which, time_point deadline) {
  auto limit = std::max(deadline - now(), duration{1ms});
  auto answer = ask<messages::stopped>(system, which, messages::stop{}, limit);
  return answer.ok() || answer.why().code != errc::timed_out;
}

void broker::impl::end_by_force() {
  for (auto& item : producers) {
    if (auto port = item.port.lock()) {
      port->connect({});
      port->fail({errc::closed, "the broker was closed before this was confirmed"});
    }
    if (auto running = caf::actor_cast<actors::producer_actor>(item.actor))
      caf::anon_send_exit(running, caf::exit_reason::user_shutdown);
  }
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

} // namespace ferry
