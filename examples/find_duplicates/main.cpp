// Finds duplicate files with a pipeline of durable queues. What to look at: the
// process may be killed anywhere, and started again it goes on and prints what an
// uninterrupted run prints.
//
//                       ┌──────────┐
//            directories│          │directories
//                       ▼          │
//   command line ─▶ [ walk ] ─▶ walk_stage ─▶ [ hash ] ─▶ hash_stage ─▶ [ collect ]
//        │                                     files       N workers         │
//        │                                                                   ▼
//        └────────▶ [ job ] ─────────────────────────────────────────▶ the result
//
//   [ walk.dead ] and [ hash.dead ] take what could not be read three times; a kill
//   in the middle of a file is no such time (third_time.hpp).
//
// - A stage publishes, waits for the receipts, and only then acks what it worked
//   on (ack_when_stored.hpp). So every file is in a queue until its digest is.
// - Killed between the two, a stage works once more, to the same result: results
//   are kept by path (collection.hpp).
// - The message in "job" is acked when the result was printed (search.cpp). What
//   an ended search left in the queues has another job's id, and is dropped.
//
// - The queues serve other nodes too. A helper is hash_workers and nothing else
//   (helper.cpp); whether its broker is in this process is no business of theirs.
//
//   find_duplicates --journal search.db ~/photos /mnt/backup
//
//   find_duplicates --serve 127.0.0.1:4040 --journal search.db ~/photos
//   find_duplicates --join 127.0.0.1:4040      in other terminals

#include "command_line.hpp"
#include "helper.hpp"
#include "interruption.hpp"
#include "search.hpp"
#include "standard_output.hpp"

#include <csignal>
#include <exception>
#include <iostream>
#include <string>

using namespace find_duplicates;

namespace {

exit_status run(int argc, char** argv) {
  auto wanted = read_command_line(argc, argv);
  try {
    check_standard_streams();
    std::signal(SIGPIPE, SIG_IGN); // a reader that went away is an error like others
    auto signals = interruption{};
    return wanted.join.empty() ? search(wanted, signals) : help(wanted, signals);
  } catch (const interrupted&) {
    std::cerr << (wanted.journal.empty()
                    ? "find_duplicates: interrupted; with --journal FILE it could be continued\n"
                    : "find_duplicates: interrupted; run the same command again to continue\n");
    return exit_status::interrupted;
  } catch (const std::exception& mistake) {
    std::cerr << std::string{"find_duplicates: "} + mistake.what() + "\n";
    return exit_status::unusable;
  }
}

} // namespace

int main(int argc, char** argv) {
  return static_cast<int>(run(argc, argv));
}
