// A queue that is filled without a consumer, found again by a broker that opens the
// file anew, and drained: with default budgets, so that nearly all of it is on disk.

#include "arrivals.hpp"
#include "parcel.hpp"
#include "scenarios.hpp"
#include "workbench.hpp"

#include <array>
#include <string>

namespace ferry::benchmarks {

namespace {

/// Tells the rate of the first and the last tenth of something from that of the whole.
class tenths {
public:
  explicit tenths(std::uint64_t total)
    : total_(total),
      marks_{0, total / 10, total - total / 10, total} {
  }

  /// Is called with every number from 0 on, and with the total at the end.
  void reach(std::uint64_t number) {
    if (next_ < marks_.size() && number == marks_[next_])
      times_[next_++] = steady::now();
  }

  [[nodiscard]] steady::time_point begin() const {
    return times_[0];
  }

  [[nodiscard]] std::chrono::nanoseconds elapsed() const {
    return times_[3] - times_[0];
  }

  void report(const std::string& what, figures& result) const {
    auto tenth = static_cast<double>(marks_[1]);
    result[what + "_rate"] = static_cast<double>(total_) / between(0, 3);
    result[what + "_first_tenth_rate"] = tenth / between(0, 1);
    result[what + "_last_tenth_rate"] = tenth / between(2, 3);
  }

private:
  [[nodiscard]] double between(std::size_t from, std::size_t to) const {
    return std::chrono::duration<double>(times_[to] - times_[from]).count();
  }

  std::uint64_t total_;
  std::array<std::uint64_t, 4> marks_;
  std::array<steady::time_point, 4> times_{};
  std::size_t next_ = 0;
};

double mebibytes_on_disk(const std::filesystem::path& folder) {
  auto sum = std::uintmax_t{0};
  for (const auto& file : std::filesystem::directory_iterator(folder))
    sum += file.file_size();
  return static_cast<double>(sum) / (1 << 20);
}

void fill(const settings& given, outcome& result) {
  auto bench = workbench{given.folder};
  bench->declare("parcels").value();
  auto producer = bench->producer<parcel>("parcels").value();
  auto item = parcel_of(given.payload_bytes);
  auto progress = tenths{given.depth};
  for (; item.number < given.depth; ++item.number) {
    progress.reach(item.number);
    (void)producer.publish(item);
  }
  producer.wait_all().value();
  progress.reach(given.depth);
  verify_filled(bench->figures("parcels").value(), given.depth);
  result.commits += bench.commits();
  result.elapsed += progress.elapsed();
  progress.report("fill", result.others);
  bench->close().value();
}

void drain(const settings& given, outcome& result) {
  auto arrivals = ordered_arrivals{1, given.depth};
  auto progress = tenths{given.depth};
  auto opening = steady::now();
  auto bench = workbench{given.folder};
  auto take = [&](const parcel& p) {
    progress.reach(p.number);
    arrivals.arrived(0, p.number);
  };
  auto consumer = bench->consume<parcel>("parcels", take, {.prefetch_messages = 8192}).value();
  arrivals.wait();
  bench.wait_for_acks("parcels", given.depth);
  consumer.stop();
  progress.reach(given.depth);
  arrivals.verify();
  verify_drained(bench->figures("parcels").value(), given.depth);
  result.commits += bench.commits();
  bench->close().value();
  result.elapsed += progress.elapsed();
  result.others["open_s"] = std::chrono::duration<double>(progress.begin() - opening).count();
  progress.report("drain", result.others);
}

} // namespace

outcome backlog(const settings& given) {
  auto result = outcome{.messages = given.depth};
  fill(given, result);
  result.others["file_full_mib"] = mebibytes_on_disk(given.folder);
  drain(given, result);
  result.others["file_drained_mib"] = mebibytes_on_disk(given.folder);
  return result;
}

} // namespace ferry::benchmarks
