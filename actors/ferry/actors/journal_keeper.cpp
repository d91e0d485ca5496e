#include "ferry/actors/journal_keeper.hpp"

#include "ferry/actors/answers.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace ferry::actors {

namespace {

constexpr auto reopen_timeout = std::chrono::hours{1}; // a long backlog takes a while

} // namespace

journal_keeper::journal_keeper(broker_actor::pointer self, const broker_links& links,
                               reaction reopened)
  : self_(self),
    journal_(links.journal),
    policy_(links.reopening),
    clock_(links.clock),
    report_(links.report),
    reopened_(std::move(reopened)),
    randomness_(static_cast<std::minstd_rand::result_type>(links.seed)) {
}

void journal_keeper::watch() {
  if (journal_)
    compat::send(self_, journal_, messages::watch_journal{caf::actor_cast<caf::actor>(self_)});
}

void journal_keeper::lost(const messages::journal_lost& m) {
  failure_ = m.why;
  reopen_later(m.why);
}

void journal_keeper::reopen_later(const error& why) {
  if (has_ended_)
    return;
  auto now = clock_.now(self_);
  auto random = std::generate_canonical<double, 32>(randomness_);
  auto wait = policy_.failed(now, random) - now;
  auto shown = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  report_("the journal failed (" + why.text + "); it is opened again in " + std::to_string(shown)
          + " ms");
  compat::send_after(self_, wait, broker_actor{self_}, messages::wake{++generation_});
}

// Does not await: memory queues can be declared meanwhile.
void journal_keeper::wake(const messages::wake& m) {
  if (m.generation != generation_)
    return;
  compat::request(self_, journal_, reopen_timeout, messages::reopen{})
    .then([this](const messages::reopened& fresh) { reopened(fresh); },
          [this](const caf::error& why) { reopen_later(from_caf(why)); });
}

void journal_keeper::reopened(const messages::reopened& m) {
  if (has_ended_)
    return;
  policy_.opened(clock_.now(self_));
  failure_ = {};
  reopened_(m);
  report_("the journal is open again");
}

} // namespace ferry::actors
