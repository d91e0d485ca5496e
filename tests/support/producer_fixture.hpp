// A producer's actor under test, with a queue that answers as the test likes.

#pragma once

#include "ferry/actors/producer_actor.hpp"

#include "support/builders.hpp"
#include "support/virtual_system.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::testing {

/// A queue that answers as the test likes.
struct scripted_queue {
  std::vector<publish_request> seen;
  bool answers = true;
  publish_number resend_from{};
  error held; // why, where it is full
  error refusal; // answered instead of a receipt when it has a code
  std::vector<caf::typed_response_promise<messages::receipt>> silent; // not answered yet
  std::function<void()> watch = [] {}; // called for every publish, before the answer
};

inline caf::behavior scripted(caf::event_based_actor* self,
                              const std::shared_ptr<scripted_queue>& script) {
  return {
    [self, script](const messages::publish& m) -> caf::result<messages::receipt> {
      script->seen.push_back(m.batch);
      script->watch();
      if (script->refusal.code != errc::none)
        return actors::to_caf(script->refusal);
      if (!script->answers) {
        auto promise = self->make_response_promise<messages::receipt>();
        script->silent.push_back(promise);
        return promise;
      }
      auto up_to = advanced(m.batch.first, m.batch.page->size() - 1);
      auto outcome = publish_outcome{m.batch.session, up_to, durability_level::synced, {}, {}};
      if (script->resend_from != publish_number::none)
        outcome = {m.batch.session,     {},          durability_level::synced, {},
                   script->resend_from, script->held};
      return messages::receipt{outcome};
    },
  };
}

struct producer_actor_fixture : virtual_system {
  producer_actor_fixture() {
    queue = own(system().spawn(scripted, script));
    start(narrow());
  }

  void start(const producer_config& config, std::shared_ptr<actors::durable_outbox> outbox = {}) {
    port = std::make_shared<producer_port>("orders", 1000, config);
    producer = own(actors::spawn_producer(system(), {actors::as<actors::queue_actor>(queue), port,
                                                     session_id{42}, clock(),
                                                     std::move(outbox)}));
  }

  static producer_config giving_up_after(duration limit) {
    auto config = producer_config{};
    config.give_up_after = limit;
    return config;
  }

  receipt publish(std::string_view text) {
    auto published = port->publish(testing::envelope(text), when_full::refuse);
    deliver_all();
    return published;
  }

  receipt publish_all(const std::vector<std::string>& texts, producer_port::callback done = {}) {
    auto page = message_page{};
    for (const auto& text : texts)
      page.push_back(testing::envelope(text));
    auto published = port->publish(std::move(page), when_full::refuse, std::move(done));
    deliver_all();
    return published;
  }

  [[nodiscard]] static bool is_synced(const receipt& published) {
    auto outcome = published.poll();
    return outcome && outcome->ok();
  }

  [[nodiscard]] static errc failure_of(const receipt& published) {
    auto outcome = published.poll();
    return outcome && !outcome->ok() ? outcome->why().code : errc::none;
  }

  static producer_config narrow() {
    auto config = producer_config{};
    config.window_messages = 2;
    return config;
  }

  std::shared_ptr<scripted_queue> script = std::make_shared<scripted_queue>();
  caf::actor queue;
  std::shared_ptr<producer_port> port;
  actors::producer_actor producer;
};

} // namespace ferry::testing
