// SPDX-License-Identifier: MIT
#include "core/network/msnp/mime.hpp"

#include "core/base/text.hpp"
#include "core/network/msnp/limits.hpp"

#include <algorithm>

namespace msn::network::msnp {
namespace {

constexpr std::string_view plain_type = "text/plain; charset=UTF-8";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view Mime::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (equal_ignoring_ascii_case(key, name)) return value;
  return {};
}

std::string Mime::content_type() const {
  const auto value = header("Content-Type");
  return to_lower_ascii(trimmed(value.substr(0, value.find(';'))));
}

Mime parse_mime(std::string_view payload) {
  Mime mime;
  while (!payload.empty()) {
    const auto end = payload.find('\n');
    auto line = payload.substr(0, end);
    payload = end == payload.npos ? std::string_view{} : payload.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) {
      mime.body = payload;
      return mime;
    }
    const auto colon = line.find(':');
    if (colon == line.npos || colon == 0 || line.size() > limits::header_bytes) continue;
    if (mime.headers.size() == limits::message_headers) continue;
    auto name = without_controls(trimmed(line.substr(0, colon)));
    if (name.empty() || name.find(' ') != name.npos) continue;
    mime.headers.emplace_back(std::move(name), without_controls(trimmed(line.substr(colon + 1))));
  }
  return mime;
}

std::string text_of(std::string_view body) {
  std::string out;
  out.reserve(body.size());
  for (std::size_t begin = 0; begin <= body.size();) {
    const auto end = std::min(body.find('\n', begin), body.size());
    const auto line = body.substr(begin, end - begin);
    if (begin > 0) out += '\n';
    std::string kept;
    kept.reserve(line.size());
    std::copy_if(line.begin(), line.end(), std::back_inserter(kept),
                 [](char c) { return c != '\r' && c != '\0'; });
    out += is_utf8(kept) ? kept : decode_charset(kept);
    begin = end + 1;
  }
  return out;
}

std::string text_payload(std::string_view text) {
  return std::string("MIME-Version: 1.0\r\nContent-Type: ")
      .append(plain_type)
      .append("\r\n\r\n")
      .append(text);
}

std::string chunk_payload(std::string_view text, const Chunk& chunk) {
  std::string out = "MIME-Version: 1.0\r\n";
  if (chunk.number == 0) out.append("Content-Type: ").append(plain_type).append("\r\n");
  out.append("Message-ID: ").append(chunk.message_id).append("\r\n");
  if (chunk.number == 0)
    out += "Chunks: " + std::to_string(chunk.of);
  else
    out += "Chunk: " + std::to_string(chunk.number);
  return out.append("\r\n\r\n").append(text);
}

std::string typing_payload(std::string_view own_email) {
  return std::string("MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: ")
      .append(own_email)
      .append("\r\n\r\n\r\n");
}

std::string decline_payload(std::string_view cookie) {
  return std::string(
             "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n"
             "Invitation-Command: CANCEL\r\nInvitation-Cookie: ")
      .append(cookie)
      .append("\r\nCancel-Code: REJECT_NOT_INSTALLED\r\n\r\n");
}

std::vector<std::string> split_text(std::string_view text, std::size_t limit, bool keep_breaks) {
  std::vector<std::string> parts;
  while (text.size() > limit) {
    std::size_t cut = 0;   // end of the part
    std::size_t skip = 0;  // of the break after it
    // A break that is dropped may follow directly after the limit.
    const auto window = text.substr(0, keep_breaks ? limit : std::min(text.size(), limit + 2));
    // Earlier breaks are ignored, so that there are not too many chunks.
    const auto least = keep_breaks ? limit - limit / 4 : 1;
    if (const auto line = window.rfind("\r\n"); line != window.npos && line >= least) {
      cut = line;
      skip = 2;
    } else if (const auto space = window.substr(0, limit).rfind(' ');
               space != window.npos && space >= least &&
               !continues_cluster(text.substr(space + 1))) {
      cut = space;
      skip = 1;
    } else {
      cut = cut_clusters(text, limit).size();
      if (cut < least) cut = cut_text(text, limit).size();
    }
    if (keep_breaks) cut += skip;
    parts.emplace_back(text.substr(0, cut));
    text.remove_prefix(keep_breaks ? cut : cut + skip);
  }
  if (!text.empty() || parts.empty()) parts.emplace_back(text);
  return parts;
}

}  // namespace msn::network::msnp
