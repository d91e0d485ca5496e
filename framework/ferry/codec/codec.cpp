#include "ferry/codec/codec.hpp"

namespace ferry {

namespace {

std::string in_words(const content_type& content) {
  auto type = content.type.empty() ? std::string{"bytes"} : "\"" + content.type + "\"";
  return type + " as " + content.format;
}

} // namespace

shared_content make_content(std::string_view type, std::string_view format) {
  return std::make_shared<const content_type>(content_type{std::string{type}, std::string{format}});
}

const shared_content& raw_content() {
  static const auto shared = make_content("", "raw");
  return shared;
}

error check_content(const shared_content& expected, const shared_content& found) {
  const auto& said = found ? found : raw_content();
  if (expected == said || *expected == *said)
    return {};
  return {errc::undecodable, "expected " + in_words(*expected) + ", found " + in_words(*said)
                               + "; consume the type that was published"};
}

} // namespace ferry
