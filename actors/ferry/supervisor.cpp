#include "ferry/supervisor.hpp"

#include "ferry/actors/ask.hpp"
#include "ferry/actors/handles.hpp"
#include "ferry/actors/protocol/stopping.hpp"
#include "ferry/actors/protocol/supervising.hpp"

#include <algorithm>
#include <utility>

namespace ferry {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_limit = duration{8760h}; // and then it is none

actors::supervisor_actor typed(const caf::actor& actor) {
  return actors::as<actors::supervisor_actor>(actor);
}

// A broker that is closed has stopped its groups. However long it takes otherwise:
// without a limit the question is asked until it is answered.
template <class Question>
status stop_and_wait(caf::actor_system& system, const caf::actor& actor, Question question) {
  auto limit = question.limit;
  if (limit && *limit < 0s)
    return error{errc::invalid_argument, "a limit of " + std::to_string(limit->count())
                                           + " ns is negative; wait 0 ns or longer"};
  auto answer = result<messages::stopped>{messages::stopped{}};
  do {
    auto patience = std::min(limit.value_or(0s), longest_limit) + actors::patience;
    answer = actors::ask<messages::stopped>(system, typed(actor), question, patience);
  } while (!limit && !answer && answer.why().code == errc::timed_out);
  if (answer || answer.why().code == errc::closed)
    return success();
  return answer.why();
}

} // namespace

status supervisor::add(child_spec child) {
  if (!child.start)
    return error{errc::invalid_argument,
                 "child \"" + child.name + "\" has no function that starts it"};
  auto answer = actors::ask<messages::supervised>(
    *system_, typed(actor_),
    messages::supervise{group_, std::move(child.name), std::move(child.start), child.kind, {}});
  return answer ? success() : answer.why();
}

status supervisor::stop_child(const std::string& name, std::optional<duration> limit) {
  return stop_and_wait(*system_, actor_, messages::stop_child{group_, name, limit});
}

status supervisor::stop(std::optional<duration> limit) {
  return stop_and_wait(*system_, actor_, messages::stop_group{group_, limit});
}

result<std::vector<child_figures>> supervisor::children() const {
  auto answer = actors::ask<messages::children>(*system_, typed(actor_),
                                                messages::ask_children{group_});
  if (!answer)
    return answer.why();
  return std::move(answer->all);
}

} // namespace ferry
