#include "ferry/actors/queue_creator.hpp"

#include "ferry/actors/answers.hpp"
#include "ferry/actors/protocol/journaling.hpp"

#include <chrono>
#include <utility>

namespace ferry::actors {

namespace {

constexpr auto create_timeout = std::chrono::hours{1}; // a second try would meet its row

error not_now(const std::string& queue, const error& failure) {
  auto why = for_now(failure);
  return {why.code, "queue \"" + queue + "\" cannot be created now: " + why.text};
}

} // namespace

void queue_creator::create(std::deque<queue_declaration> wanted, reaction created,
                           objection failed) {
  while (!wanted.empty() && needs_.is_running(wanted.front().name))
    wanted.pop_front();
  if (wanted.empty())
    return created();
  auto next = std::move(wanted.front());
  wanted.pop_front();
  auto go_on = [this, wanted = std::move(wanted), created = std::move(created), failed] {
    create(wanted, created, failed);
  };
  create_one(next, go_on, failed);
}

// Awaits: nothing else is declared meanwhile, so that no name is created twice.
void queue_creator::create_one(const queue_declaration& wanted, const reaction& created,
                               const objection& failed) {
  auto fresh = persistence::stored_queue{};
  fresh.name = wanted.name;
  fresh.config = wanted.config;
  if (!persistence::uses_journal(wanted.config)) {
    needs_.run(std::move(fresh));
    return created();
  }
  if (const auto& failure = needs_.keeper->failure(); failure.code != errc::none)
    return failed(to_caf(not_now(wanted.name, failure)));
  if (auto place = needs_.kept->place_of(wanted.name, wanted.config)) {
    fresh.id = place->id;
    fresh.next = place->next;
    needs_.run(std::move(fresh));
    return created();
  }
  auto asked = messages::create{persistence::stored_name(wanted.name, wanted.config),
                                persistence::stored_options(wanted.config)};
  compat::request(self_, needs_.journal, create_timeout, std::move(asked))
    .await(
      [this, fresh, created](const messages::created& known) mutable {
        fresh.id = known.id;
        if (spills(fresh.config))
          needs_.kept->add_place(fresh.name, fresh.config, known.id);
        needs_.run(std::move(fresh));
        created();
      },
      failed);
}

} // namespace ferry::actors
