#include "sha256sum_line.hpp"

namespace find_duplicates {

std::string escaped(std::string_view path) {
  auto text = std::string{};
  for (auto byte : path)
    switch (byte) {
    case '\\': text += "\\\\"; break;
    case '\n': text += "\\n"; break;
    case '\r': text += "\\r"; break;
    default: text += byte;
    }
  return text;
}

std::string sha256sum_line(const sha256_digest& digest, std::string_view path) {
  auto name = escaped(path);
  auto mark = name.size() == path.size() ? "" : "\\";
  return mark + to_hex(digest) + "  " + name + "\n";
}

} // namespace find_duplicates
