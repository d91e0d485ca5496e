#include "walk_stage.hpp"

#include "ack_when_stored.hpp"
#include "directory_listing.hpp"
#include "third_time.hpp"

#include <utility>

namespace find_duplicates {

walk_stage::walk_stage(std::shared_ptr<run_state> run, ferry::producer<entry> directories,
                       ferry::producer<entry> files)
  : run_(std::move(run)),
    directories_(std::move(directories)),
    files_(std::move(files)) {
}

void walk_stage::operator()(const entry& directory, ferry::delivery& d) {
  if (directory.job != run_->job)
    return; // left behind by an earlier search
  if (run_->is_stopping)
    return put_aside(d);
  give_up_the_third_time(d, [&] { walk(directory, d); });
}

void walk_stage::walk(const entry& directory, ferry::delivery& d) {
  auto path = to_path(directory.path);
  auto found = list(path, directory.from);
  auto count = found.directories.size() + found.files.size();
  if (count == 0)
    return;
  auto is_file = found.files.size() == 1 && found.files.front() == path;
  auto stored = ack_after(d, count, run_);
  publish(directories_, found.directories, origin::found, stored);
  publish(files_, found.files, is_file ? origin::named : origin::found, stored);
}

// Stopped half-way, the directory stays unsettled and is walked again.
void walk_stage::publish(ferry::producer<entry>& to, const std::vector<std::string>& paths,
                         origin from, const callback& stored) {
  for (const auto& path : paths) {
    if (run_->is_stopping)
      return;
    (void)to.publish({run_->job, to_bytes(path), from}, stored);
  }
}

} // namespace find_duplicates
