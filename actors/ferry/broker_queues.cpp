// The queues of a broker, as its user sees them: declared, paused, browsed, and in figures.

#include "ferry/actors/ask.hpp"
#include "ferry/actors/broker_impl.hpp"
#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/actors/protocol/journaling.hpp"
#include "ferry/actors/protocol/operating.hpp"
#include "ferry/prometheus.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace ferry {

namespace {

using namespace std::chrono_literals;
using actors::ask;
using actors::ask_all;

constexpr auto redrive_timeout = 8760h; // a slow rate takes the time it takes

/// Whether a queue is only not there any more.
bool is_gone(const error& why) {
  return why.code == errc::closed || why.code == errc::no_such_queue;
}

} // namespace

status broker::declare(const std::string& name, const queue_config& config) {
  auto answer = ask<messages::queue_info>(impl_->system, impl_->actor,
                                          messages::declare{name, config});
  return answer ? success() : answer.why();
}

result<std::vector<std::string>> broker::queues() const {
  auto answer = ask<messages::queue_names>(impl_->system, impl_->actor, messages::list_queues{});
  if (!answer)
    return answer.why();
  return std::move(answer->names);
}

result<caf::actor> broker::handle(const std::string& name) const {
  auto answer = ask<messages::queue_info>(impl_->system, impl_->actor, messages::find{name});
  if (!answer)
    return answer.why();
  return answer->queue;
}

result<queue_figures> broker::figures(const std::string& name) const {
  auto queue = handle(name);
  if (!queue)
    return queue.why();
  auto answer = ask<messages::figures>(impl_->system, actors::as<actors::queue_actor>(*queue),
                                       messages::ask_figures{});
  if (!answer)
    return answer.why();
  return answer->queue;
}

// All queues are asked at once: one after the other, a thousand take long. Those that
// are closed meanwhile are left out.
result<broker_figures> broker::figures() const {
  auto names = queues();
  if (!names)
    return names.why();
  auto finds = std::vector<actors::addressed<actors::broker_actor, messages::find>>{};
  for (const auto& name : *names)
    finds.push_back({impl_->actor, messages::find{name}});
  auto all = broker_figures{};
  auto questions = std::vector<actors::addressed<actors::queue_actor, messages::ask_figures>>{};
  for (auto& found : ask_all<messages::queue_info>(impl_->system, finds)) {
    if (!found && !is_gone(found.why()))
      return found.why();
    if (!found)
      continue;
    all.queues.push_back({std::move(found->name), {}});
    questions.push_back({actors::as<actors::queue_actor>(found->queue), {}});
  }
  auto answers = ask_all<messages::figures>(impl_->system, questions);
  for (auto at = answers.size(); at-- > 0;) {
    if (!answers[at] && !is_gone(answers[at].why()))
      return answers[at].why();
    if (answers[at])
      all.queues[at].figures = answers[at]->queue;
    else
      all.queues.erase(all.queues.begin() + static_cast<std::ptrdiff_t>(at));
  }
  auto report = impl_->ask_journal();
  if (!report)
    return report.why();
  all.journal = report->figures;
  all.commit_time = report->commit_time;
  return all;
}

result<std::string> broker::prometheus() const {
  auto all = figures();
  if (!all)
    return all.why();
  return prometheus_text(*all);
}

result<persistence::journal_figures> broker::journal_figures() const {
  auto report = impl_->ask_journal();
  if (!report)
    return report.why();
  return report->figures;
}

// Of a distant broker: only who may administer all of its queues hears of its journal.
result<messages::journal_report> broker::impl::ask_journal() const {
  if (dialer) {
    auto report = ask<messages::journal_report>(system, actor, messages::ask_journal{});
    return report || report.why().code != errc::not_permitted ? report
                                                              : messages::journal_report{};
  }
  if (!journal)
    return messages::journal_report{};
  return ask<messages::journal_report>(system, journal, messages::ask_journal{});
}

status broker::pause(const std::string& name, duration wait) {
  auto queue = handle(name);
  if (!queue)
    return queue.why();
  auto answer = ask<messages::paused>(impl_->system, actors::as<actors::queue_actor>(*queue),
                                      messages::pause{wait});
  return answer ? success() : answer.why();
}

// -- browsing and redriving ---------------------------------------------------------

result<browse_page> broker::browse(const std::string& name, const browse_query& query) const {
  auto queue = handle(name);
  if (!queue)
    return queue.why();
  auto answer = ask<messages::browsed>(impl_->system, actors::as<actors::queue_actor>(*queue),
                                       messages::browse{query});
  if (!answer)
    return answer.why();
  return std::move(answer->page);
}

result<redrive_report> broker::redrive(const std::string& dead_letter_queue,
                                       const redrive_options& options) {
  auto answer = ask<messages::redriven>(impl_->system, impl_->actor,
                                        messages::redrive{dead_letter_queue, options},
                                        redrive_timeout);
  if (!answer)
    return answer.why();
  return answer->report;
}

} // namespace ferry
