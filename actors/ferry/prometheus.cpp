#include "ferry/prometheus.hpp"

#include <prometheus/text_serializer.h>

#include <limits>
#include <string_view>
#include <utility>

namespace ferry {

namespace {

using ::prometheus::ClientMetric;
using ::prometheus::MetricFamily;
using ::prometheus::MetricType;

/// The figures of one owner, and how its samples are told from others'.
template <class Owner>
struct labelled {
  std::vector<ClientMetric::Label> labels;
  const Owner* figures;
};

template <class Owner>
using labelled_list = std::vector<labelled<Owner>>;

// -- samples ------------------------------------------------------------------

double seconds(std::chrono::duration<double> time) {
  return time.count();
}

double bound_in_seconds(std::size_t bucket) {
  if (bucket + 1 == latency_histogram::bucket_count)
    return std::numeric_limits<double>::infinity();
  return seconds(latency_histogram::upper_bound(bucket));
}

void set_value(ClientMetric& sample, MetricType type, double value) {
  if (type == MetricType::Counter)
    sample.counter.value = value;
  else
    sample.gauge.value = value;
}

void set_value(ClientMetric& sample, const latency_histogram& latencies) {
  auto sums = latencies.cumulative_counts();
  sample.histogram.sample_count = sums.back();
  sample.histogram.sample_sum = seconds(latencies.sum());
  for (auto i = std::size_t{0}; i < sums.size(); ++i)
    sample.histogram.bucket.push_back({sums[i], bound_in_seconds(i)});
}

// -- families -----------------------------------------------------------------

template <class Owner, class SetValue>
MetricFamily family(std::string name, std::string_view help, MetricType type,
                    const labelled_list<Owner>& owners, SetValue set) {
  auto all = MetricFamily{std::move(name), std::string{help}, type, {}};
  for (const auto& owner : owners) {
    auto& sample = all.metric.emplace_back();
    sample.label = owner.labels;
    set(sample, *owner.figures);
  }
  return all;
}

template <class Owner>
MetricFamily family(const std::string& prefix, const figure<Owner>& item,
                    const labelled_list<Owner>& owners) {
  auto counts = item.kind == figure_kind::counter;
  auto type = counts ? MetricType::Counter : MetricType::Gauge;
  return family(prefix + std::string{item.name} + (counts ? "_total" : ""), item.help, type,
                owners, [&](ClientMetric& sample, const Owner& figures) {
                  set_value(sample, type, static_cast<double>(figures.*item.value));
                });
}

template <class Owner>
MetricFamily family(const std::string& prefix, const ratio_figure<Owner>& item,
                    const labelled_list<Owner>& owners) {
  return family(prefix + std::string{item.name}, item.help, MetricType::Gauge, owners,
                [&](ClientMetric& sample, const Owner& figures) {
                  set_value(sample, MetricType::Gauge, (figures.*item.value)());
                });
}

template <class Owner>
MetricFamily family(const std::string& prefix, const latency_figure<Owner>& item,
                    const labelled_list<Owner>& owners) {
  return family(prefix + std::string{item.name} + "_seconds", item.help, MetricType::Histogram,
                owners, [&](ClientMetric& sample, const Owner& figures) {
                  set_value(sample, figures.*item.value);
                });
}

labelled_list<queue_figures> labelled_queues(const broker_figures& figures) {
  auto all = labelled_list<queue_figures>{};
  for (const auto& item : figures.queues)
    all.push_back({{{"queue", item.name}}, &item.figures});
  return all;
}

} // namespace

std::string prometheus_text(const broker_figures& figures) {
  auto families = std::vector<MetricFamily>{};
  auto add = [&](const std::string& prefix, const auto& list, const auto& owners) {
    for (const auto& item : list)
      families.push_back(family(prefix, item, owners));
  };
  auto queues = labelled_queues(figures);
  add("ferry_queue_", queue_numbers, queues);
  add("ferry_queue_", queue_latencies, queues);
  add("ferry_queue_", queue_ratios, queues);
  auto journal = labelled_list<persistence::journal_figures>{{{}, &figures.journal}};
  add("ferry_journal_", persistence::journal_numbers, journal);
  add("ferry_journal_", persistence::journal_ratios, journal);
  add("ferry_journal_", journal_latencies, labelled_list<broker_figures>{{{}, &figures}});
  return ::prometheus::TextSerializer{}.Serialize(families);
}

} // namespace ferry
