// The end of a broker, or of one of its queues: in which order all stop, and what is said
// where that takes too long.

#include "ferry/actors/ask.hpp"
#include "ferry/actors/broker_impl.hpp"
#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/stopping.hpp"

#include <algorithm>
#include <optional>

namespace ferry {

using namespace std::chrono_literals;
using actors::ask;

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
