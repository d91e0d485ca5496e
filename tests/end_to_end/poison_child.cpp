// The program that poison_test starts again and again: consumes all queues of a
// journal until they are empty, unless a message kills it before. What a message's
// text begins with is what its handler does:
//
//   abort, null, hang   dies by that; "hang" says so and waits to be killed
//   companion           is in its handler when the first process dies
//   anything else       returns
//
//   poison_child JOURNAL DANGEROUS
//
//   at M          message M waits to be killed
//   handled M N   the handler is done with delivery N of message M
//
// In the first process nobody dies before DANGEROUS messages (deadly ones and
// companions) are in their handlers, so that the test knows who shares the blame.

#include "ferry/broker.hpp"

#include "support/say.hpp"

#include <caf/actor_system.hpp>

#include <csignal>
#include <cstdlib>
#include <latch>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace {

using ferry::testing::say;

[[noreturn]] void wait_for_death() {
  for (;;)
    ::pause();
}

void act(const std::string& text, const ferry::delivery& d, std::latch& dangerous) {
  auto is_deadly
    = text.starts_with("abort") || text.starts_with("null") || text.starts_with("hang");
  if (d.attempt() == 1 && (is_deadly || text.starts_with("companion"))) {
    dangerous.arrive_and_wait();
    if (!is_deadly)
      wait_for_death();
  }
  if (text.starts_with("abort"))
    std::abort();
  if (text.starts_with("null"))
    ::raise(SIGSEGV);
  if (is_deadly) {
    say("at " + text);
    wait_for_death();
  }
  say("handled " + text + " " + std::to_string(d.attempt()));
}

void leave_no_core() {
  auto none = rlimit{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  std::signal(SIGSEGV, SIG_DFL); // a sanitizer's handler would write a report
  std::signal(SIGABRT, SIG_DFL);
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  leave_no_core();
  ferry::system_config config;
  caf::actor_system system{config};
  auto dangerous = std::latch{std::strtol(argv[2], nullptr, 10)};
  auto broker = ferry::broker::open(system, {.journal = argv[1]}).value();

  auto one = [&](const std::string& text, ferry::delivery& d) { act(text, d, dangerous); };
  auto many = [&](std::span<const std::string> texts, std::span<ferry::delivery> all) {
    for (auto i = std::size_t{0}; i < texts.size(); ++i)
      act(texts[i], all[i], dangerous);
  };
  auto four = ferry::consumer_config{.concurrency = 4, .prefetch_messages = 1};
  (void)broker.consume<std::string>("single", one, four).value();
  (void)broker.consume<std::string>("span", many).value();

  for (auto queue : {"single", "span"})
    while (broker.figures(queue).value().waiting() > 0)
      std::this_thread::yield(); // nothing tells that a queue is empty
  return broker.close().ok() ? 0 : 1;
}
