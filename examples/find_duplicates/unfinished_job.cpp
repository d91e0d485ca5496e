#include "unfinished_job.hpp"

#include "directory_listing.hpp"
#include "patience.hpp"
#include "run_state.hpp"
#include "sha256sum_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>
#include <stdexcept>

namespace find_duplicates {

namespace {

using namespace std::chrono_literals;

constexpr auto delivery_limit = 30s; // a message that can be read arrives at once

job_id random_id() {
  auto device = std::random_device{};
  return job_id{std::uint64_t{device()} << 32 | device()};
}

job make_job(const std::vector<std::string>& directories) {
  auto made = job{random_id(), {}, to_bytes(std::filesystem::current_path().native())};
  for (const auto& path : std::set<std::string>{directories.begin(), directories.end()})
    made.directories.push_back(to_bytes(path));
  return made;
}

// The job is published when its directories are on disk. Killed in between, they
// stay behind with an id that nobody has.
void begin(ferry::broker& broker, const job& fresh, const std::vector<std::string>& directories) {
  auto walk = broker.producer<entry>(walk_queue, limited_patience()).value();
  for (const auto& path : without_overlaps(directories))
    (void)walk.publish({fresh.id, to_bytes(path), origin::named});
  walk.wait_all().value();
  auto jobs = broker.producer<job>(job_queue, limited_patience()).value();
  jobs.publish(fresh).wait().value();
}

bool is_relative(const path_bytes& path) {
  return path.empty() || path.front() != std::byte{'/'};
}

std::string named(const job& search) {
  auto text = std::string{};
  for (const auto& path : search.directories)
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", escaped(to_path(path)));
  return text;
}

} // namespace

struct unfinished_job::waiting_handler {
  std::promise<job> found;
  std::promise<bool> is_finished;

  void operator()(const job& message, ferry::delivery& d) {
    found.set_value(message);
    if (!is_finished.get_future().get())
      put_aside(d);
  }
};

std::unique_ptr<unfinished_job>
unfinished_job::begin_or_continue(ferry::broker& broker,
                                  const std::vector<std::string>& directories) {
  auto wanted = make_job(directories);
  if (broker.figures(job_queue).value().waiting() == 0)
    begin(broker, wanted, directories);
  auto taken = std::unique_ptr<unfinished_job>{new unfinished_job{broker}};
  taken->expect(wanted);
  return taken;
}

unfinished_job::unfinished_job(ferry::broker& broker)
  : handler_(std::make_shared<waiting_handler>()) {
  auto found = handler_->found.get_future();
  auto handle = [handler = handler_](const job& message, ferry::delivery& d) {
    (*handler)(message, d);
  };
  consumer_ = broker.consume<job>(job_queue, handle, {.prefetch_messages = 1}).value();
  if (found.wait_for(delivery_limit) != std::future_status::ready)
    throw std::runtime_error{"the journal holds a search that this program cannot read; give "
                             "--journal another file"};
  found_ = found.get();
}

void unfinished_job::expect(const job& wanted) const {
  auto is_anchored = std::ranges::none_of(found_.directories, is_relative);
  if (found_.directories == wanted.directories
      && (is_anchored || found_.started_in == wanted.started_in))
    return;
  throw std::runtime_error{fmt::format(
    "the journal holds an unfinished search of {}, started in \"{}\"; name the same directories "
    "there to continue it, or give --journal another file",
    named(found_), escaped(to_path(found_.started_in)))};
}

unfinished_job::~unfinished_job() {
  if (!consumer_)
    return;
  handler_->is_finished.set_value(false);
  consumer_->stop();
}

void unfinished_job::finish() {
  handler_->is_finished.set_value(true);
  consumer_->stop();
  consumer_.reset();
}

} // namespace find_duplicates
