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
  if (run_->is_over(directory.job))
    return;
  if (run_->is_stopping)
    return put_aside(d);
  give_up_the_third_time(d, [&] { walk(directory, d); });
}

// The journal's files are left out already here: a helper does not know them.
void walk_stage::walk(const entry& directory, ferry::delivery& d) {
  auto path = to_path(directory.path);
  auto found = list(path, directory.from);
  auto is_file = found.files.size() == 1 && found.files.front() == path;
  auto from = is_file ? origin::named : origin::found;
  std::erase_if(found.files, [&](const auto& file) { return run_->owns(file, from); });
  auto count = found.directories.size() + found.files.size();
  if (count == 0)
    return;
  auto stored = ack_after(d, count, run_);
  publish(directories_, found.directories, {directory.job, {}, origin::found, directory.started_in},
          stored);
  publish(files_, found.files, {directory.job, {}, from, directory.started_in}, stored);
}

// Stopped half-way, the directory stays unsettled and is walked again.
void walk_stage::publish(ferry::producer<entry>& to, const std::vector<std::string>& paths,
                         const entry& like, const callback& stored) {
  auto item = like;
  for (const auto& path : paths) {
    if (run_->is_stopping)
      return;
    item.path = to_bytes(path);
    (void)to.publish(item, stored);
  }
}

} // namespace find_duplicates
