// What each of ferry's actors understands; their files say the rest.

#pragma once

#include "ferry/actors/caf_compat.hpp"
#include "ferry/actors/protocol/type_ids.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>

namespace ferry::actors {

// Messages name actors without their type, because they would otherwise have to
// know each other's interfaces in a circle; `as` puts the type on again.
template <class Handle>
[[nodiscard]] Handle as(const caf::actor& actor) {
  return caf::actor_cast<Handle>(actor);
}

using queue_actor = compat::typed_actor<
  messages::receipt(messages::publish), messages::buried(messages::bury),
  messages::subscription(messages::subscribe), void(messages::grant_credit),
  messages::settled(messages::settle), messages::unsubscribed(messages::unsubscribe),
  messages::paused(messages::pause), messages::figures(messages::ask_figures),
  void(messages::committed), void(messages::commit_failed), void(messages::loaded),
  void(messages::load_failed), void(messages::consumer_lost), void(messages::wake),
  void(messages::turn), void(messages::revive), void(messages::journal_returned),
  messages::browsed(messages::browse), messages::moved(messages::move),
  messages::stopped(messages::stop)>;

using journal_actor =
  compat::typed_actor<void(messages::write), messages::created(messages::create),
                      messages::journal_report(messages::ask_journal),
                      void(messages::watch_journal), messages::reopened(messages::reopen),
                      messages::rows_erased(messages::erase_rows), void(messages::proceed),
                      void(messages::wake), void(messages::compact),
                      messages::stopped(messages::stop)>;

using reader_actor =
  compat::typed_actor<void(messages::load), messages::rows(messages::read_rows),
                      void(messages::use_reader), messages::stopped(messages::stop)>;

using upkeep_actor =
  compat::typed_actor<messages::upkept(messages::keep_up), void(messages::use_upkeep),
                      messages::stopped(messages::stop)>;

using supervisor_actor = compat::typed_actor<
  void(messages::watch), void(messages::wake_at), messages::group_opened(messages::open_group),
  messages::supervised(messages::supervise), messages::stopped(messages::stop_child),
  messages::stopped(messages::stop_group), messages::children(messages::ask_children),
  void(messages::arm_stop), void(messages::disarm_stop), void(messages::ask_turn),
  void(messages::end_turn), void(messages::wake), messages::stopped(messages::stop)>;

/// A supervisor's child: any actor. One that does not know `stop` is ended by an
/// exit message.
using supervised_actor = compat::typed_actor<messages::stopped(messages::stop)>;

using broker_actor = compat::typed_actor<
  messages::queue_info(messages::declare), messages::queue_info(messages::find),
  messages::stopped(messages::close_queue), messages::queue_names(messages::list_queues),
  messages::redriven(messages::redrive), messages::journal_report(messages::ask_journal),
  void(messages::journal_lost), void(messages::wake), messages::stopped(messages::stop)>;

/// Whoever subscribes: a consumer_actor or an actor of the user's own.
using delivery_receiver =
  compat::typed_actor<void(messages::delivery), void(messages::resubscribe)>;

using consumer_actor = compat::typed_actor<void(messages::delivery), void(messages::resubscribe),
                                           void(messages::proceed), void(messages::wake),
                                           messages::stopped(messages::stop)>;

using producer_actor = compat::typed_actor<void(messages::proceed), void(messages::room),
                                           void(messages::wake), messages::stopped(messages::stop)>;

using redrive_actor =
  compat::typed_actor<messages::redriven(messages::redrive), void(messages::wake)>;

} // namespace ferry::actors
