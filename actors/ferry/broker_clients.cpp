// Who uses a broker's queues in this process: its producers and consumers, and the groups
// in which actors are supervised.

#include "ferry/actors/ask.hpp"
#include "ferry/actors/broker_impl.hpp"
#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/protocol/supervising.hpp"
#include "ferry/persistence/crash_marks.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace ferry {

using actors::ask;

namespace {

void stop_anonymously(const caf::weak_actor_ptr& producer) {
  if (auto running = caf::actor_cast<actors::producer_actor>(producer))
    compat::send_anonymously(running, messages::stop{});
}

} // namespace

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

} // namespace ferry
