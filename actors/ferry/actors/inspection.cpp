#include "ferry/actors/inspection.hpp"

#include <algorithm>

namespace ferry {

namespace {

// Pages nearly always hold one content type, and it is the same object.
std::uint32_t place_of(const std::shared_ptr<const content_type>& content,
                       std::vector<content_type>& contents) {
  if (!content)
    return 0;
  auto found = std::ranges::find(contents, *content);
  if (found == contents.end())
    found = contents.insert(found, *content);
  return static_cast<std::uint32_t>(found - contents.begin()) + 1;
}

} // namespace

// -- pages --------------------------------------------------------------------

page_on_wire to_wire(std::span<const envelope> items) {
  auto page = page_on_wire{};
  page.items.reserve(items.size());
  for (const auto& item : items)
    page.items.push_back({item.body, place_of(item.content, page.contents),
                          item.headers ? *item.headers : header_map{}, item.published_at});
  return page;
}

shared_page from_wire(page_on_wire page) {
  auto contents = std::vector<std::shared_ptr<const content_type>>{nullptr};
  for (auto& content : page.contents)
    contents.push_back(std::make_shared<const content_type>(std::move(content)));
  auto read = std::make_shared<message_page>();
  read->reserve(page.items.size());
  for (auto& item : page.items) {
    auto place = item.content < contents.size() ? item.content : 0;
    auto headers = item.headers.empty()
                     ? nullptr
                     : std::make_shared<const header_map>(std::move(item.headers));
    read->push_back({std::move(item.body), contents[place], std::move(headers),
                     item.published_at});
  }
  return read;
}

// -- figures ------------------------------------------------------------------

figures_on_wire to_wire(const queue_figures& figures) {
  auto wire = figures_on_wire{};
  for (const auto& item : queue_numbers)
    wire.numbers.emplace_back(item.name, figures.*item.value);
  for (const auto& item : queue_latencies)
    wire.latencies.emplace_back(item.name, figures.*item.value);
  return wire;
}

queue_figures from_wire(const figures_on_wire& read) {
  auto figures = queue_figures{};
  auto take = [&](const auto& list, const auto& values) {
    for (const auto& [name, value] : values)
      for (const auto& item : list)
        if (item.name == name)
          figures.*item.value = value;
  };
  take(queue_numbers, read.numbers);
  take(queue_latencies, read.latencies);
  return figures;
}

latency_histogram histogram_from_wire(const std::vector<std::uint64_t>& counts, double sum_ns) {
  auto buckets = latency_histogram::bucket_counts{};
  if (counts.size() != buckets.size())
    return {};
  std::ranges::copy(counts, buckets.begin());
  return {buckets, latency_histogram::total_duration{sum_ns}};
}

} // namespace ferry
