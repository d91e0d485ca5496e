// Whatever happens to a group in whatever order, its rules hold. RapidCheck invents
// the steps, and shortens them to the fewest that fail.

#include "ferry/ids.hpp"
#include "ferry/supervision/supervisor_core.hpp"

#include "support/builders.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <deque>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ferry::testing {
namespace {

enum class event : std::uint8_t { add, lose, finish, obey, stop_child, pass_time, tick, stop };

struct happening {
  event what{};
  std::uint32_t who = 0;
  std::uint32_t amount = 0;

  friend std::ostream& operator<<(std::ostream& out, const happening& item) {
    return out << static_cast<int>(item.what) << "(" << item.who << ", " << item.amount << ")";
  }
};

/// A group whose children are entries of a map, and the rules it has to keep.
class group_world {
public:
  explicit group_world(const supervision_config& given) : config(given), core(given, 7) {
  }

  void play(const happening& item) {
    switch (item.what) {
    case event::add: add(child_kind{static_cast<std::uint8_t>(item.amount % 3)}); break;
    case event::lose: end(pick(alive, item.who), ending::abnormal); break;
    case event::finish: end(pick(alive, item.who), ending::normal); break;
    case event::obey: end(pick(told, item.who), ending::normal); break;
    case event::stop_child: stop_child(child_id{1 + item.who % 8}); break;
    case event::pass_time: now += 100ms * item.amount; break;
    case event::tick: core.tick(now, out); break;
    case event::stop: core.stop(now, out); break;
    }
    run();
  }

  /// Everyone obeys, and time passes until nothing is left to do.
  void settle() {
    for (auto round = 0; round < 1000 && (!told.empty() || woken_at != never); ++round) {
      while (!told.empty())
        play({event::obey, 0, 0});
      if (auto when = std::exchange(woken_at, never); when != never) {
        now = std::max(now, when);
        play({event::tick, 0, 0});
      }
    }
  }

  void everyone_who_belongs_here_is_alive() {
    for (const auto& item : core.children())
      RC_ASSERT(item.is_running);
    RC_ASSERT(core.children().size() == alive.size());
  }

  void stop_for_good() {
    play({event::stop, 0, 0});
    settle();
    RC_ASSERT(ends == 1);
    RC_ASSERT(alive.empty());
    RC_ASSERT(core.children().empty());
  }

  [[nodiscard]] bool is_over() const {
    return ends > 0;
  }

private:
  using children = std::set<child_id>;

  static child_id pick(const children& some, std::uint32_t who) {
    if (some.empty())
      return child_id::none;
    return *std::next(some.begin(), static_cast<std::ptrdiff_t>(who % some.size()));
  }

  void add(child_kind kind) {
    (void)core.add(now, "child " + std::to_string(++added), kind, out);
  }

  void stop_child(child_id child) {
    if (value_of(child) <= static_cast<std::uint64_t>(added))
      asked_to_leave.insert(child);
    core.stop_child(now, child, out);
  }

  void end(child_id child, ending how) {
    alive.erase(child);
    told.erase(child);
    core.ended(now, {child, how, "chance"}, out);
  }

  void run() {
    for (auto i = std::size_t{0}; i < out.size(); ++i) {
      auto item = out[i];
      std::visit([this](const auto& e) { carry_out(e); }, item);
    }
    out.clear();
  }

  void carry_out(const supervision_effects::start_child& e) {
    RC_ASSERT(ends == 0 && !gave_up);
    RC_ASSERT(!asked_to_leave.contains(e.child));
    RC_ASSERT(alive.insert(e.child).second); // never two lives at once
    if (config.strategy != supervision_strategy::one_for_one) {
      RC_ASSERT(told.empty());
      RC_ASSERT(*alive.rbegin() == e.child); // in start order
    }
    core.started(now, e.child, out);
  }

  void carry_out(const supervision_effects::stop_child& e) {
    RC_ASSERT(alive.contains(e.child));
    RC_ASSERT(told.insert(e.child).second);
    if (config.strategy != supervision_strategy::one_for_one && !asked_to_leave.contains(e.child))
      nobody_runs_after(e.child);
  }

  void nobody_runs_after(child_id child) {
    for (auto at = alive.upper_bound(child); at != alive.end(); ++at)
      RC_ASSERT(asked_to_leave.contains(*at));
  }

  void carry_out(const supervision_effects::lost& e) {
    if (!e.again_at)
      return;
    RC_ASSERT(*e.again_at >= now);
    restarts.push_back(now);
    while (restarts.front() <= now - config.restarts.period)
      restarts.pop_front();
    RC_ASSERT(restarts.size() <= config.restarts.intensity);
  }

  void carry_out(const supervision_effects::removed& e) {
    RC_ASSERT(!alive.contains(e.child));
    asked_to_leave.insert(e.child); // must not come back
  }

  void carry_out(const supervision_effects::escalate&) {
    gave_up = true;
    end_group();
  }

  void carry_out(const supervision_effects::stopped&) {
    end_group();
  }

  void end_group() {
    ++ends;
    RC_ASSERT(alive.empty());
  }

  void carry_out(const supervision_effects::wake_at& e) {
    woken_at = e.when;
  }

  supervision_config config;
  supervisor_core core;
  time_point now = at(0s);
  time_point woken_at = never;
  supervision_effect_list out;
  children alive;
  children told;
  children asked_to_leave;
  std::deque<time_point> restarts;
  int added = 0;
  int ends = 0;
  bool gave_up = false;
};

rc::Gen<std::vector<happening>> any_happenings() {
  auto kind = rc::gen::weightedElement<event>(
    {{6, event::add}, {6, event::lose}, {3, event::finish}, {8, event::obey},
     {3, event::stop_child}, {6, event::pass_time}, {6, event::tick}, {1, event::stop}});
  auto number = rc::gen::inRange<std::uint32_t>(0, 40);
  auto one = rc::gen::build<happening>(rc::gen::set(&happening::what, kind),
                                       rc::gen::set(&happening::who, number),
                                       rc::gen::set(&happening::amount, number));
  return rc::gen::scale(4.0, rc::gen::container<std::vector<happening>>(one));
}

bool keeps_its_rules(supervision_strategy strategy) {
  return rc::check("a group keeps its rules whatever happens", [=] {
    auto config = supervision_config{};
    config.strategy = strategy;
    config.restarts.intensity = *rc::gen::inRange<std::uint32_t>(0, 12).as("intensity");
    auto world = group_world{config};
    for (const auto& item : *any_happenings())
      world.play(item);
    world.settle();
    if (!world.is_over())
      world.everyone_who_belongs_here_is_alive();
    world.stop_for_good();
  });
}

} // namespace

BOOST_AUTO_TEST_SUITE(supervisor_core_property_suite)

BOOST_AUTO_TEST_CASE(a_group_that_restarts_one_for_one_keeps_its_rules) {
  BOOST_TEST(keeps_its_rules(supervision_strategy::one_for_one));
}

BOOST_AUTO_TEST_CASE(a_group_that_restarts_one_for_all_keeps_its_rules) {
  BOOST_TEST(keeps_its_rules(supervision_strategy::one_for_all));
}

BOOST_AUTO_TEST_CASE(a_group_that_restarts_the_rest_for_one_keeps_its_rules) {
  BOOST_TEST(keeps_its_rules(supervision_strategy::rest_for_one));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
