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

} // namespace ferry
