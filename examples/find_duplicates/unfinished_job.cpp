#include "unfinished_job.hpp"

#include "directory_listing.hpp"
#include "patience.hpp"
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

bool is_relative(const path_bytes& path) {
  return path.empty() || path.front() != std::byte{'/'};
}

// The job is published when its directories are on disk. Killed in between, they
// stay behind with an id that nobody has.
void begin(ferry::broker& broker, const job& fresh, const std::vector<std::string>& directories) {
  auto walk = broker.producer<entry>(walk_queue, limited_patience()).value();
  for (const auto& path : without_overlaps(directories)) {
    auto bytes = to_bytes(path);
    auto base = is_relative(bytes) ? fresh.started_in : path_bytes{};
    (void)walk.publish({fresh.id, std::move(bytes), origin::named, std::move(base)});
  }
  walk.wait_all().value();
  auto jobs = broker.producer<job>(job_queue, limited_patience()).value();
  jobs.publish(fresh).wait().value();
}

std::string named(const job& search) {
  auto text = std::string{};
  for (const auto& path : search.directories)
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", escaped(to_path(path)));
  return text;
}

} // namespace

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

unfinished_job::unfinished_job(ferry::broker& broker) : consumer_(take(broker)) {
  auto arrived = arrived_.get_future();
  if (arrived.wait_for(delivery_limit) != std::future_status::ready) {
    consumer_.stop();
    throw std::runtime_error{"the journal holds a search that this program cannot read; give "
                             "--journal another file"};
  }
  found_ = arrived.get();
}

ferry::consumer unfinished_job::take(ferry::broker& broker) {
  auto keep = [this](const job& message, ferry::delivery& d) {
    arrived_.set_value({message, d.keep()});
  };
  return broker.consume<job>(job_queue, keep, {.prefetch_messages = 1}).value();
}

void unfinished_job::expect(const job& wanted) const {
  const auto& found = found_->message;
  auto is_anchored = std::ranges::none_of(found.directories, is_relative);
  if (found.directories == wanted.directories
      && (is_anchored || found.started_in == wanted.started_in))
    return;
  throw std::runtime_error{fmt::format(
    "the journal holds an unfinished search of {}, started in \"{}\"; name the same directories "
    "there to continue it, or give --journal another file",
    named(found), escaped(to_path(found.started_in)))};
}

unfinished_job::~unfinished_job() {
  consumer_.stop();
}

void unfinished_job::finish() {
  found_->delivery.ack_and_wait().value();
}

} // namespace find_duplicates
