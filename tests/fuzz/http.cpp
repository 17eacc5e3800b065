// SPDX-License-Identifier: MIT
// The head of an HTTP response is parsed the same in pieces of any size, and each header is one
// line. A URL that is accepted can be requested.
#include "core/network/common/http.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace msn;
using namespace msn::network;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

using Read = Result<std::optional<HttpAnswer>>;

Read read(std::string_view bytes, std::size_t piece) {
  HttpHeadReader reader(512);
  Read answer = std::nullopt;
  for (std::size_t at = 0; at < bytes.size() && answer && !*answer; at += piece)
    answer = reader.feed(bytes.substr(at, piece));
  return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data),
                               std::min<std::size_t>(size, 400));
  const auto whole = read(bytes, 400);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) {
    const auto pieces = read(bytes, piece);
    must(pieces.has_value() == whole.has_value());
    if (!whole) continue;
    must(pieces->has_value() == whole->has_value());
    if (!*whole) continue;
    must((*pieces)->status == (*whole)->status && (*pieces)->headers == (*whole)->headers);
    must((*whole)->status >= 200 && (*whole)->status <= 999);
    for (const auto& [name, value] : (*whole)->headers)
      must(value.find('\n') == value.npos && name.find('\n') == name.npos);
  }
  if (const auto url = parse_url(bytes)) {
    must(!url->at.host.empty() && url->at.port != 0 && url->target.starts_with('/'));
    const auto text = write_get(*url, Secret(), {});
    must(text.text().find('\n') == text.text().find("\nHost: "));
    must(std::count(text.text().begin(), text.text().end(), '\n') == 6);
  }
  return 0;
}
