#include "statistics.hpp"

#include <algorithm>

namespace ferry::benchmarks {

namespace {

using latency_list = std::vector<std::chrono::nanoseconds>;

double quantile_us(const latency_list& sorted, double share) {
  auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
  return std::chrono::duration<double, std::micro>(sorted[at]).count();
}

void add_quantiles(latency_list latencies, figures& result) {
  std::ranges::sort(latencies);
  result["p50_us"] = quantile_us(latencies, 0.5);
  result["p99_us"] = quantile_us(latencies, 0.99);
  result["p999_us"] = quantile_us(latencies, 0.999);
  result["max_us"] = quantile_us(latencies, 1.0);
}

} // namespace

figures summarise(outcome run) {
  auto messages = static_cast<double>(run.messages);
  auto seconds = std::chrono::duration<double>(run.elapsed).count();
  auto result = std::move(run.others);
  result["messages"] = messages;
  result["seconds"] = seconds;
  result["rate"] = messages / seconds;
  if (!run.latencies.empty())
    add_quantiles(std::move(run.latencies), result);
  if (run.commits > 0) {
    result["per_commit"] = messages / static_cast<double>(run.commits);
    result["commits_per_s"] = static_cast<double>(run.commits) / seconds;
  }
  return result;
}

double median(std::vector<double> values) {
  auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<double> values_of(const std::vector<figures>& runs, const std::string& name) {
  auto values = std::vector<double>{};
  for (const auto& run : runs)
    if (auto found = run.find(name); found != run.end())
      values.push_back(found->second);
  return values;
}

const figures& median_run(const std::vector<figures>& runs, const std::string& name) {
  auto middle = median(values_of(runs, name));
  return *std::ranges::find_if(runs, [&](const figures& run) { return run.at(name) == middle; });
}

} // namespace ferry::benchmarks
