#include "ferry/actors/kept_sender.hpp"

#include "ferry/actors/ask.hpp"
#include "ferry/actors/protocol/consuming.hpp"

#include <chrono>
#include <utility>

namespace ferry::actors {

namespace {

constexpr auto longest_wait = duration{std::chrono::hours{8760}}; // where there is no limit

class kept_sender final : public kept_port {
public:
  kept_sender(caf::actor_system& system, queue_actor queue, consumer_id consumer)
    : system_(system), queue_(std::move(queue)), consumer_(consumer) {
  }

  void send(settlement item) const override {
    compat::send_anonymously(queue_, messages::settle{consumer_, {std::move(item)}});
  }

  status ask(settlement item, std::optional<duration> limit) const override {
    auto answer = actors::ask<messages::settled>(
      system_, queue_, messages::settle{consumer_, {std::move(item)}, urgency::awaited},
      limit.value_or(longest_wait));
    if (!answer)
      return answer.why();
    if (answer->outcome.settled > 0)
      return success();
    return error{errc::stale, "the delivery had ended before, at its deadline or by another verb; "
                              "nothing was settled"};
  }

private:
  caf::actor_system& system_;
  queue_actor queue_;
  consumer_id consumer_;
};

} // namespace

std::shared_ptr<const kept_port> make_kept_port(caf::actor_system& system, queue_actor queue,
                                                consumer_id consumer) {
  return std::make_shared<kept_sender>(system, std::move(queue), consumer);
}

} // namespace ferry::actors
