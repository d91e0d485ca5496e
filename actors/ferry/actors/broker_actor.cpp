#include "ferry/actors/broker_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/queue_actor.hpp"
#include "ferry/actors/stop_questions.hpp"

#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace ferry::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_timeout = 60s;
constexpr auto create_timeout = 1h; // a second try would meet the row of the first

using info_promise = caf::typed_response_promise<messages::queue_info>;

/// A queue that is known here, running or about to run.
struct known_queue {
  messages::queue_info info;
  queue_id id{};
};

struct broker_shell {
  explicit broker_shell(broker_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  broker_actor::behavior_type start(const broker_links& to,
                                    std::vector<persistence::stored_queue> kept);

  info_promise declare(const messages::declare& m);
  caf::result<messages::queue_info> find(const std::string& queue);
  messages::queue_names list() const;
  stop_questions::promise stop();

  [[nodiscard]] error objection(const messages::declare& m) const;
  void create_next(std::deque<messages::declare> wanted, info_promise promise);
  void run_kept(std::map<std::string, persistence::stored_queue>& kept, const std::string& queue);
  void run(persistence::stored_queue stored);
  void end_if_alone();
  void end_by_force(const caf::error& why);

  broker_actor::pointer self;
  std::optional<broker_links> links;
  std::map<std::string, known_queue> queues;
  std::size_t unstopped = 0;
  stop_questions stopping;

  static inline const char* name = "ferry.broker";
};

broker_actor::behavior_type broker_shell::start(const broker_links& to,
                                                std::vector<persistence::stored_queue> kept) {
  links = to;
  compat::survive_errors(self);
  compat::on_exit(self, [this](const caf::error& why) { end_by_force(why); });
  auto by_name = std::map<std::string, persistence::stored_queue>{};
  for (auto& item : kept)
    by_name.emplace(item.name, std::move(item));
  while (!by_name.empty())
    run_kept(by_name, std::string{by_name.begin()->first});
  return {
    [this](const messages::declare& m) { return declare(m); },
    [this](const messages::find& m) { return find(m.name); },
    [this](const messages::list_queues&) { return list(); },
    [this](const messages::stop&) { return stop(); },
  };
}

// A queue wants its dead-letter queue to run before it does.
void broker_shell::run_kept(std::map<std::string, persistence::stored_queue>& kept,
                            const std::string& queue) {
  auto node = kept.extract(queue);
  if (node.empty())
    return;
  const auto& config = node.mapped().config;
  if (config.last_resort == last_resort::dead_letter)
    run_kept(kept, dead_letter_name(queue, config));
  run(std::move(node.mapped()));
}

// -- declaring --------------------------------------------------------------------

info_promise broker_shell::declare(const messages::declare& m) {
  auto promise = self->make_response_promise<messages::queue_info>();
  if (auto why = objection(m); why.code != errc::none) {
    promise.deliver(to_caf(why));
    return promise;
  }
  auto wanted = std::deque<messages::declare>{};
  if (m.config.last_resort == last_resort::dead_letter)
    wanted.push_back({dead_letter_name(m.name, m.config), dead_letter_config(m.config)});
  wanted.push_back(m);
  create_next(std::move(wanted), promise);
  return promise;
}

error broker_shell::objection(const messages::declare& m) const {
  if (auto bad = check(m.name, m.config); bad.code != errc::none)
    return bad;
  auto about = "queue \"" + m.name + "\" ";
  if (m.config.durability == durability::disk && !links->journal)
    return {errc::invalid_argument, about
                                      + "is to be kept on disk, but this broker has no journal; "
                                        "open it with one, or declare durability::memory"};
  if (auto present = queues.find(m.name); present != queues.end())
    if (auto text = difference(present->second.info.config, m.config); !text.empty())
      return {errc::redeclared_differently,
              about + "exists with other options: " + text + "; declare it as it is"};
  if (m.config.last_resort != last_resort::dead_letter)
    return {};
  auto letters = queues.find(dead_letter_name(m.name, m.config));
  if (letters != queues.end() && letters->second.info.config.durability < m.config.durability)
    return {errc::invalid_argument, about + "is kept on disk, its dead-letter queue \""
                                      + letters->first
                                      + "\" is not; name one that is kept on disk as well"};
  return {};
}

// Awaits: nothing else is declared meanwhile, so that no name is created twice.
void broker_shell::create_next(std::deque<messages::declare> wanted, info_promise promise) {
  auto m = std::move(wanted.front());
  wanted.pop_front();
  auto go_on = [this, wanted, promise, name = m.name]() mutable {
    if (wanted.empty())
      promise.deliver(queues[name].info);
    else
      create_next(std::move(wanted), promise);
  };
  if (queues.contains(m.name))
    return go_on();
  auto fresh = persistence::stored_queue{};
  fresh.name = m.name;
  fresh.config = m.config;
  if (m.config.durability == durability::memory) {
    run(std::move(fresh));
    return go_on();
  }
  compat::request(self, links->journal, create_timeout, messages::create{m.name, m.config})
    .await(
      [this, fresh, go_on](const messages::created& created) mutable {
        fresh.id = created.id;
        run(std::move(fresh));
        go_on();
      },
      [promise](const caf::error& why) mutable { promise.deliver(why); });
}

void broker_shell::run(persistence::stored_queue stored) {
  auto to = queue_links{links->journal, links->supervisor, {}, stored.id, links->clock};
  if (stored.config.last_resort == last_resort::dead_letter)
    to.dead_letters
      = as<queue_actor>(queues.at(dead_letter_name(stored.name, stored.config)).info.queue);
  auto from = queue_start{stored.id, stored.name, stored.config, links->opened, stored.next,
                          {}, {}, ++links->seed};
  for (auto& item : stored.runs)
    from.runs.push_back({item.due, std::move(item.run)});
  for (const auto& item : stored.sessions)
    from.sessions.emplace_back(item.session, item.up_to);
  auto actor = spawn_queue(self->system(), std::move(from), to);
  queues.emplace(stored.name,
                 known_queue{{stored.name, stored.config, caf::actor_cast<caf::actor>(actor)},
                             stored.id});
}

// -- finding ----------------------------------------------------------------------

caf::result<messages::queue_info> broker_shell::find(const std::string& queue) {
  if (auto found = queues.find(queue); found != queues.end())
    return found->second.info;
  return to_caf({errc::no_such_queue,
                 "there is no queue \"" + queue + "\"; declare it before it is used"});
}

messages::queue_names broker_shell::list() const {
  auto answer = messages::queue_names{};
  for (const auto& [known, queue] : queues)
    answer.names.push_back(known);
  return answer;
}

// -- stopping ---------------------------------------------------------------------

stop_questions::promise broker_shell::stop() {
  auto is_first = !stopping;
  auto promise = stopping.ask(self);
  if (!is_first)
    return promise;
  unstopped = queues.size();
  auto one_less = [this] {
    --unstopped;
    end_if_alone();
  };
  for (const auto& [known, queue] : queues)
    compat::request(self, as<queue_actor>(queue.info.queue), answer_timeout, messages::stop{})
      .then([one_less](const messages::stopped&) { one_less(); },
            [one_less](const caf::error&) { one_less(); });
  end_if_alone();
  return promise;
}

void broker_shell::end_if_alone() {
  if (!stopping || unstopped > 0)
    return;
  stopping.answer();
  self->quit();
}

void broker_shell::end_by_force(const caf::error& why) {
  for (const auto& [known, queue] : queues)
    self->send_exit(queue.info.queue, why);
  self->quit(why);
}

broker_actor::behavior_type broker_behavior(broker_actor::stateful_pointer<broker_shell> self,
                                            const broker_links& links,
                                            const std::vector<persistence::stored_queue>& kept) {
  return compat::state(self).start(links, kept);
}

} // namespace

broker_actor spawn_broker(caf::actor_system& system, broker_links links,
                          std::vector<persistence::stored_queue> kept) {
  return system.spawn(broker_behavior, std::move(links), std::move(kept));
}

} // namespace ferry::actors
