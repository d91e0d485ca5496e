// An actor system without threads and without waiting: messages are delivered when
// the test says so, and time passes when the test says so.

#pragma once

#include "ferry/actors/answers.hpp"
#include "ferry/actors/clock.hpp"
#include "ferry/actors/protocol.hpp"
#include "ferry/system_config.hpp"
#include "support/builders.hpp"

#if FERRY_CAF_LEGACY
#  include <caf/scheduler/test_coordinator.hpp>
#else
#  include <caf/log/level.hpp>
#  include <caf/test/fixture/deterministic.hpp>
#  include <caf/test/reporter.hpp>
#endif

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace ferry::testing {

#if FERRY_CAF_LEGACY

/// CAF 0.17's deterministic scheduler and clock.
class deterministic_system {
public:
  deterministic_system() {
    scheduler_.clock().current_time += std::chrono::hours{1};
  }

  ~deterministic_system() {
    (void)scheduler_.run();          // lets killed actors end
    scheduler_.clock().cancel_all(); // a timer that re-arms itself would never end
    system_.await_actors_before_shutdown(false);
  }

  deterministic_system(const deterministic_system&) = delete;
  deterministic_system& operator=(const deterministic_system&) = delete;

  caf::actor_system& system() {
    return system_;
  }

  void dispatch() {
    (void)scheduler_.run();
  }

  bool dispatch_one() {
    return scheduler_.try_run_once();
  }

  void elapse(duration step) {
    scheduler_.advance_time(step);
  }

  std::chrono::steady_clock::time_point steady_now() {
    return scheduler_.clock().current_time;
  }

private:
  struct configuration : system_config {
    configuration() {
      set("scheduler.policy", caf::atom("testing"));
      set("logger.inline-output", true);
    }
  };

  configuration config_;
  caf::actor_system system_{config_};
  caf::scheduler::test_coordinator& scheduler_
    = dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
};

#else

/// What CAF 1.x's fixture wants to find before it is made, and as long as there is one:
/// two of them may be there at once.
class caf_test_environment {
public:
  caf_test_environment() {
    static auto messages = system_config{}; // makes the message types known
    static auto reporter = quiet_reporter();
    caf::test::reporter::instance(reporter.get());
  }

private:
  /// What CAF logs is not of a test of its own, and could not be reported.
  static std::unique_ptr<caf::test::reporter> quiet_reporter() {
    auto reporter = caf::test::reporter::make_default();
    (void)reporter->verbosity(caf::log::level::quiet);
    return reporter;
  }
};

/// CAF 1.x's deterministic fixture.
class deterministic_system : caf_test_environment, caf::test::fixture::deterministic {
public:
  caf::actor_system& system() {
    return sys;
  }

  void dispatch() {
    (void)dispatch_messages();
  }

  bool dispatch_one() {
    return dispatch_message();
  }

  void elapse(duration step) {
    if (step > duration::zero()) // no time at all is a failure to CAF
      (void)advance_time(step);
  }

  std::chrono::steady_clock::time_point steady_now() {
    return sys.clock().now();
  }
};

#endif

/// The answer to a request of the test, once it has arrived.
template <class Answer>
class reply {
public:
  [[nodiscard]] bool arrived() const {
    return content_->has_value();
  }

  [[nodiscard]] const result<Answer>& content() const {
    return content_->value();
  }

  [[nodiscard]] const Answer& operator*() const {
    return **content_->operator->();
  }

  [[nodiscard]] const Answer* operator->() const {
    return &**this;
  }

  [[nodiscard]] errc failure() const {
    return content().ok() ? errc::none : content().why().code;
  }

  void set(result<Answer> content) const {
    content_->emplace(std::move(content));
  }

private:
  std::shared_ptr<std::optional<result<Answer>>> content_
    = std::make_shared<std::optional<result<Answer>>>();
};

/// The fixture of actor tests. Ends every actor it owns, because an actor with a
/// pending timer would keep the system alive for ever.
class virtual_system {
public:
  virtual_system() = default;
  virtual_system(const virtual_system&) = delete;
  virtual_system& operator=(const virtual_system&) = delete;

  ~virtual_system() {
    for (const auto& actor : owned_)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    owned_.clear();
    host_.dispatch();
  }

  caf::actor_system& system() {
    return host_.system();
  }

  /// A clock that shows at(0s) when the test begins.
  [[nodiscard]] actors::anchored_clock clock() const {
    return clock_;
  }

  [[nodiscard]] time_point now() {
    return clock_.at(host_.steady_now());
  }

  template <class Handle>
  Handle own(Handle actor) {
    owned_.push_back(caf::actor_cast<caf::actor>(actor));
    deliver_all();
    return actor;
  }

  template <class Handle>
  void kill(const Handle& actor) {
    caf::anon_send_exit(actor, caf::exit_reason::kill);
    deliver_all();
  }

  /// Delivers every message; time stands still.
  void deliver_all() {
    host_.dispatch();
  }

  /// Lets at most `turns` actors work on what they have.
  void deliver_some(std::size_t turns) {
    while (turns > 0 && host_.dispatch_one())
      --turns;
  }

  /// Lets `time` pass in small steps, so that a timer which sets itself again
  /// comes once per period.
  void advance(duration time, duration step = std::chrono::milliseconds{1}) {
    deliver_all();
    for (auto left = time; left > duration::zero(); left -= step) {
      host_.elapse(std::min(left, step));
      deliver_all();
    }
  }

  /// Lets `time` pass while an actor is at work; nothing is delivered.
  void work_for(duration time) {
    host_.elapse(time);
  }

  template <class Handle, class Message>
  void tell(const Handle& actor, Message message) {
    compat::send_anonymously(actor, std::move(message));
    deliver_all();
  }

  /// Asks `actor`; what it answers, now or later, is in the reply.
  template <class Answer, class Handle, class Question>
  reply<Answer> request(const Handle& actor, Question question) {
    auto answer = reply<Answer>{};
    // the argument is for UBSan: CAF 0.17 binds a null reference where there is none
    auto ask = [actor, question, answer](caf::event_based_actor* self, int) {
      compat::request(self, actor, std::chrono::hours{1000}, question)
        .then([answer](const Answer& given) { answer.set(given); },
              [answer](const caf::error& why) { answer.set(actors::from_caf(why)); });
    };
    own(caf::actor_cast<caf::actor>(system().spawn(ask, 0)));
    return answer;
  }

private:
  deterministic_system host_;
  actors::anchored_clock clock_{at(std::chrono::seconds{0}), host_.steady_now()};
  std::vector<caf::actor> owned_;
};

} // namespace ferry::testing
