#include "collection.hpp"

namespace find_duplicates {

namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 10ms;

} // namespace

collection::collection(ferry::broker& broker, job_id job)
  : hashed_(broker, collect_queue, job),
    unreadable_files_(broker, "hash.dead", job),
    unreadable_directories_(broker, "walk.dead", job) {
}

findings collection::gather(const interruption& signals) const {
  while (!hashed_.is_complete() || !unreadable_files_.is_complete()
         || !unreadable_directories_.is_complete())
    if (signals.wait_for(look_every))
      throw interrupted{};
  auto found = findings{};
  hashed_.for_each([&](const hashed_file& file, const std::string&) {
    found.files[to_path(file.path)] = {file.digest, file.size};
  });
  auto note = [&](const entry& item, const std::string& reason) {
    if (auto path = to_path(item.path); !found.files.contains(path))
      found.unreadable[path] = reason;
  };
  unreadable_files_.for_each(note);
  unreadable_directories_.for_each(note);
  return found;
}

void collection::clear() {
  hashed_.ack_all();
  unreadable_files_.ack_all();
  unreadable_directories_.ack_all();
}

} // namespace find_duplicates
