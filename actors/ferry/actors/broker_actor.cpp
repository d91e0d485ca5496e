#include "ferry/actors/broker_actor.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/queue_actor.hpp"
#include "ferry/actors/redrive_actor.hpp"
#include "ferry/actors/stop_questions.hpp"
#include "ferry/persistence/leftover_rows.hpp"

#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>

namespace ferry::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_timeout = 60s;
constexpr auto create_timeout = 1h; // a second try would meet the row of the first
constexpr auto reopen_timeout = 1h; // a long backlog takes a while to recover

using stop_promise = stop_questions::promise;
using info_promise = caf::typed_response_promise<messages::queue_info>;

error was_closed(const std::string& queue) {
  return {errc::closed, "queue \"" + queue + "\" was closed; open its broker again to use it"};
}

bool is_on_disk(const queue_config& config) {
  return config.durability == durability::disk;
}

bool uses_journal(const queue_config& config) {
  return is_on_disk(config) || spills(config);
}

// What the journal calls a queue. The rows of a memory queue are no queue to anybody
// else, so their name is none that a queue can have.
std::string journal_name(const std::string& queue, const queue_config& config) {
  return is_on_disk(config) ? queue : queue + " (spilled)";
}

// All that is stored of a memory queue's options: it is declared anew by every process.
queue_config journal_options(const queue_config& config) {
  if (is_on_disk(config))
    return config;
  auto options = queue_config{};
  options.durability = durability::memory;
  options.over_budget = over_budget::spill;
  return options;
}

using kept_queues = std::map<std::string, persistence::stored_queue>; // by the journal's names

/// Where a memory queue's rows go, and before which of them those of earlier processes
/// lie.
struct spill_place {
  queue_id id{};
  sequence_number next{1};
};

struct broker_shell {
  explicit broker_shell(broker_actor::pointer selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  broker_actor::behavior_type start(const broker_links& to,
                                    std::vector<persistence::stored_queue> kept);

  info_promise declare(const messages::declare& m);
  caf::result<messages::queue_info> find(const std::string& queue);
  stop_promise close(const std::string& queue);
  messages::queue_names list() const;
  caf::delegated<messages::redriven> redrive(const messages::redrive& m);
  caf::result<messages::journal_report> ask_journal(const messages::ask_journal& m);
  stop_questions::promise stop();

  void take_in(kept_queues kept);
  void erase_leftovers();
  [[nodiscard]] error objection(const messages::declare& m) const;
  [[nodiscard]] error objection_to_storing(const messages::declare& m) const;
  [[nodiscard]] error objection_to_closing(const std::string& queue) const;
  void create_next(std::deque<messages::declare> wanted, info_promise promise);
  void run_kept(kept_queues& kept, const std::string& queue);
  void run(persistence::stored_queue stored);
  queue_start start_of(persistence::stored_queue stored);

  void journal_lost(const messages::journal_lost& m);
  void reopen_later(const error& why);
  void reopen(const messages::wake& m);
  void reopened(const messages::reopened& m);
  [[nodiscard]] bool go_on(const messages::queue_info& queue, kept_queues& kept);
  void report(const std::string& text) const;

  void end_if_alone();
  void end_by_force(const caf::error& why);

  broker_actor::pointer self;
  std::optional<broker_links> links;
  std::map<std::string, messages::queue_info> queues;
  std::map<std::string, spill_place> places; // of memory queues in the journal, by its names
  persistence::leftover_rows leftovers;
  bool erasing_leftovers = false;
  std::set<std::string> closed; // that are in the journal, and run no more
  error journal_failure;        // while it is not open
  std::uint64_t generation = 0; // a wake of an older generation is ignored
  std::minstd_rand randomness;
  std::size_t unstopped = 0;
  stop_questions stopping;

  static inline const char* name = "ferry.broker";
};

broker_actor::behavior_type broker_shell::start(const broker_links& to,
                                                std::vector<persistence::stored_queue> kept) {
  links = to;
  randomness.seed(static_cast<std::minstd_rand::result_type>(to.seed));
  compat::survive_errors(self);
  compat::on_exit(self, [this](const caf::error& why) { end_by_force(why); });
  auto by_name = kept_queues{};
  for (auto& item : kept)
    by_name.emplace(item.name, std::move(item));
  take_in(std::move(by_name));
  if (links->journal)
    compat::send(self, links->journal,
                 messages::watch_journal{caf::actor_cast<caf::actor>(self)});
  return {
    [this](const messages::declare& m) { return declare(m); },
    [this](const messages::find& m) { return find(m.name); },
    [this](const messages::close_queue& m) { return close(m.name); },
    [this](const messages::list_queues&) { return list(); },
    [this](const messages::redrive& m) { return redrive(m); },
    [this](const messages::ask_journal& m) { return ask_journal(m); },
    [this](const messages::journal_lost& m) { journal_lost(m); },
    [this](const messages::wake& m) { reopen(m); },
    [this](const messages::stop&) { return stop(); },
  };
}

// Memory queues are declared anew; of those of earlier processes only rows are left.
void broker_shell::take_in(kept_queues kept) {
  leftovers = {};
  for (auto at = kept.begin(); at != kept.end();) {
    auto& [stored_as, queue] = *at;
    if (is_on_disk(queue.config)) {
      ++at;
      continue;
    }
    auto place = places.try_emplace(stored_as, spill_place{queue.id, queue.next}).first->second;
    if (place.id == queue.id)
      leftovers.add(queue, place.next);
    at = kept.erase(at);
  }
  while (!kept.empty())
    run_kept(kept, std::string{kept.begin()->first});
  erase_leftovers();
}

// One step at a time: what queues ask for is committed in between.
void broker_shell::erase_leftovers() {
  if (erasing_leftovers || stopping)
    return;
  auto step = leftovers.next();
  if (!step)
    return;
  erasing_leftovers = true;
  auto batch = std::make_shared<const persistence::write_batch>(std::move(*step));
  compat::request(self, links->journal, messages::erase_rows{std::move(batch), links->opened})
    .then(
      [this](const messages::rows_erased&) {
        erasing_leftovers = false;
        erase_leftovers();
      },
      [this](const caf::error&) { erasing_leftovers = false; }); // `reopened` begins again
}

// A queue wants its dead-letter queue to run before it does.
void broker_shell::run_kept(kept_queues& kept, const std::string& queue) {
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
  if (stopping) { // as in a moment, when there is no broker
    promise.deliver(caf::make_error(caf::sec::request_receiver_down));
    return promise;
  }
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
  if (closed.contains(m.name))
    return was_closed(m.name);
  auto about = "queue \"" + m.name + "\" ";
  if (auto why = objection_to_storing(m); why.code != errc::none)
    return why;
  if (auto present = queues.find(m.name); present != queues.end())
    if (auto text = difference(present->second.config, m.config); !text.empty())
      return {errc::redeclared_differently,
              about + "exists with other options: " + text + "; declare it as it is"};
  if (m.config.last_resort != last_resort::dead_letter)
    return {};
  if (auto letters = dead_letter_name(m.name, m.config); closed.contains(letters))
    return {errc::closed, about + "wants its dead letters in \"" + letters
                            + "\", which was closed; open the broker again to use it"};
  auto letters = queues.find(dead_letter_name(m.name, m.config));
  if (letters != queues.end() && letters->second.config.durability < m.config.durability)
    return {errc::invalid_argument, about + "is kept on disk, its dead-letter queue \""
                                      + letters->first
                                      + "\" is not; name one that is kept on disk as well"};
  return {};
}

error broker_shell::objection_to_storing(const messages::declare& m) const {
  auto about = "queue \"" + m.name + "\" ";
  if (links->journal || !uses_journal(m.config))
    return {};
  if (is_on_disk(m.config))
    return {errc::invalid_argument, about
                                      + "is to be kept on disk, but this broker has no journal; "
                                        "open it with one, or declare durability::memory"};
  return {errc::invalid_argument, about
                                    + "is to spill to the journal, but this broker has none; "
                                      "open it with one, or declare over_budget::block or "
                                      "over_budget::refuse"};
}

// Awaits: nothing else is declared meanwhile, so that no name is created twice.
void broker_shell::create_next(std::deque<messages::declare> wanted, info_promise promise) {
  auto m = std::move(wanted.front());
  wanted.pop_front();
  auto go_on = [this, wanted, promise, name = m.name]() mutable {
    if (wanted.empty())
      promise.deliver(queues[name]);
    else
      create_next(std::move(wanted), promise);
  };
  if (queues.contains(m.name))
    return go_on();
  auto fresh = persistence::stored_queue{};
  fresh.name = m.name;
  fresh.config = m.config;
  if (!uses_journal(m.config)) {
    run(std::move(fresh));
    return go_on();
  }
  if (journal_failure.code != errc::none) {
    auto why = for_now(journal_failure);
    promise.deliver(
      to_caf({why.code, "queue \"" + m.name + "\" cannot be created now: " + why.text}));
    return;
  }
  auto stored_as = journal_name(m.name, m.config);
  if (auto place = places.find(stored_as); place != places.end()) {
    fresh.id = place->second.id;
    fresh.next = place->second.next;
    run(std::move(fresh));
    return go_on();
  }
  compat::request(self, links->journal, create_timeout,
                  messages::create{stored_as, journal_options(m.config)})
    .await(
      [this, fresh, go_on, stored_as](const messages::created& created) mutable {
        fresh.id = created.id;
        if (spills(fresh.config))
          places.emplace(stored_as, spill_place{created.id});
        run(std::move(fresh));
        go_on();
      },
      [promise](const caf::error& why) mutable { promise.deliver(why); });
}

void broker_shell::run(persistence::stored_queue stored) {
  // what others see of it: only a queue on disk has rows that matter to them
  auto known_as = is_on_disk(stored.config) ? stored.id : queue_id::none;
  auto to = queue_links{links->journal, links->supervisor, {}, known_as, links->clock, {},
                        links->report, links->reader};
  if (links->marks)
    to.charged = [marks = links->marks, queue = stored.id] { marks->counted(queue); };
  if (stored.config.last_resort == last_resort::dead_letter)
    to.dead_letters
      = as<queue_actor>(queues.at(dead_letter_name(stored.name, stored.config)).queue);
  auto actor = spawn_queue(self->system(), start_of(stored), to);
  queues.emplace(stored.name, messages::queue_info{stored.name, stored.config,
                                                   caf::actor_cast<caf::actor>(actor), known_as});
}

queue_start broker_shell::start_of(persistence::stored_queue stored) {
  auto from = queue_start{};
  from.id = stored.id;
  from.name = std::move(stored.name);
  from.config = std::move(stored.config);
  from.opened = links->opened;
  from.next = stored.next;
  from.seed = ++links->seed;
  from.budget = links->budget;
  for (auto& item : stored.runs)
    from.runs.push_back({item.due, std::move(item.run)});
  for (const auto& item : stored.sessions)
    from.sessions.push_back({item.session, item.up_to, item.used});
  for (auto& item : stored.ids)
    from.ids.push_back({item.kind, std::move(item.id), item.at});
  for (auto sequence : stored.suspects)
    from.suspects.push_back({sequence, 1});
  from.payload_bytes = stored.payload_bytes;
  if (links->marks)
    from.in_handlers = links->marks->of(stored.id);
  return from;
}

// -- a journal that failed ----------------------------------------------------------

// Queues that had nothing in the failed commit hear of it here.
void broker_shell::journal_lost(const messages::journal_lost& m) {
  journal_failure = m.why;
  for (const auto& [known, queue] : queues)
    if (uses_journal(queue.config))
      compat::send(self, as<queue_actor>(queue.queue),
                   messages::commit_failed{for_now(m.why), m.opened});
  reopen_later(m.why);
}

void broker_shell::reopen_later(const error& why) {
  if (stopping)
    return;
  auto now = links->clock.now(self);
  auto random = std::generate_canonical<double, 32>(randomness);
  auto wait = links->reopening.failed(now, random) - now;
  auto shown = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  report("the journal failed (" + why.text + "); it is opened again in " + std::to_string(shown)
         + " ms");
  compat::send_after(self, wait, broker_actor{self}, messages::wake{++generation});
}

// Does not await: memory queues can be declared meanwhile.
void broker_shell::reopen(const messages::wake& m) {
  if (m.generation != generation)
    return;
  compat::request(self, links->journal, reopen_timeout, messages::reopen{})
    .then([this](const messages::reopened& fresh) { reopened(fresh); },
          [this](const caf::error& why) { reopen_later(from_caf(why)); });
}

// A queue whose creation was answered by an error may be there all the same; one
// that is gone was in another file, and stays refused.
void broker_shell::reopened(const messages::reopened& m) {
  if (stopping)
    return;
  links->opened = m.opened;
  links->reopening.opened(links->clock.now(self));
  journal_failure = {};
  auto kept = kept_queues{};
  for (const auto& item : m.queues)
    if (!closed.contains(item.name))
      kept.emplace(item.name, item);
  for (const auto& [known, queue] : queues)
    if (!go_on(queue, kept))
      report("queue \"" + known + "\" is not in the journal any more; was its file replaced?");
  take_in(std::move(kept));
  report("the journal is open again");
}

// Takes what `queue` continues from out of `kept`; false where its rows are not there.
bool broker_shell::go_on(const messages::queue_info& queue, kept_queues& kept) {
  auto actor = as<queue_actor>(queue.queue);
  if (spills(queue.config)) {
    auto found = kept.find(journal_name(queue.name, queue.config));
    if (found == kept.end() || found->second.id != places.at(found->first).id)
      return false;
    compat::send(self, actor, messages::journal_returned{links->opened});
    return true;
  }
  auto node = kept.extract(queue.name);
  if (!is_on_disk(queue.config))
    return true;
  if (!node || node.mapped().id != queue.id)
    return false;
  compat::send(self, actor, messages::revive{start_of(std::move(node.mapped()))});
  return true;
}

// What a user's function throws must not end the broker.
void broker_shell::report(const std::string& text) const {
  try {
    if (links->report)
      links->report(text);
  } catch (...) { // documented: it has nowhere to go
  }
}

// -- finding ----------------------------------------------------------------------

caf::result<messages::queue_info> broker_shell::find(const std::string& queue) {
  if (auto found = queues.find(queue); found != queues.end())
    return found->second;
  if (closed.contains(queue))
    return to_caf(was_closed(queue));
  return to_caf({errc::no_such_queue,
                 "there is no queue \"" + queue + "\"; declare it before it is used"});
}

// -- closing one queue ------------------------------------------------------------

stop_promise broker_shell::close(const std::string& queue) {
  auto promise = self->make_response_promise<messages::stopped>();
  auto found = queues.find(queue);
  if (auto why = objection_to_closing(queue); why.code != errc::none) {
    promise.deliver(to_caf(why));
  } else if (found == queues.end()) {
    promise.deliver(messages::stopped{});
  } else {
    auto actor = as<queue_actor>(found->second.queue);
    closed.insert(queue);
    queues.erase(found);
    compat::request(self, actor, create_timeout, messages::stop{})
      .then([promise](const messages::stopped& m) mutable { promise.deliver(m); },
            [promise](const caf::error& failure) mutable { promise.deliver(failure); });
  }
  return promise;
}

error broker_shell::objection_to_closing(const std::string& queue) const {
  if (!queues.contains(queue) && !closed.contains(queue))
    return {errc::no_such_queue, "there is no queue \"" + queue + "\" to close"};
  for (const auto& [other, info] : queues)
    if (info.config.last_resort == last_resort::dead_letter
        && dead_letter_name(other, info.config) == queue)
      return {errc::invalid_argument, "queue \"" + queue + "\" takes the dead letters of \"" + other
                                        + "\"; close that one first"};
  return {};
}

messages::queue_names broker_shell::list() const {
  auto answer = messages::queue_names{};
  for (const auto& [known, queue] : queues)
    answer.names.push_back(known);
  return answer;
}

// The worker answers, also when the broker has ended meanwhile.
caf::delegated<messages::redriven> broker_shell::redrive(const messages::redrive& m) {
  auto worker = spawn_redrive(self->system(), {broker_actor{self}, links->clock});
  return compat::delegate(self, worker, m);
}

caf::result<messages::journal_report>
broker_shell::ask_journal(const messages::ask_journal& m) {
  if (!links->journal)
    return messages::journal_report{};
  return compat::delegate(self, links->journal, m);
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
    compat::request(self, as<queue_actor>(queue.queue), answer_timeout, messages::stop{})
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
    self->send_exit(queue.queue, why);
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
