// SPDX-License-Identifier: MIT
#include "core/protocol/request_reader.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace msn::protocol {
namespace {

constexpr std::string_view sync_start = "HELLO SYNC=";
constexpr std::string_view blank = " \r\n";

bool is_readable(std::string_view line) {
  constexpr std::string_view never("\0\r", 2);
  return line.find_first_of(never) == std::string_view::npos;
}

// The number of text lines that follow a SENDMSG, if it is readable and in range.
std::optional<std::uint64_t> text_count(const Request& request) {
  if (request.words.empty()) return std::nullopt;
  const auto count = parse_number(request.words.front(), limits::count_digits);
  if (!count || *count == 0 || *count > limits::text_lines) return std::nullopt;
  return count;
}

// A SENDMSG with a contact but without a valid count is unreadable. Without a contact it has too
// few words, which dispatch reports as PARAMS.
bool is_bad_count(const Request& request) {
  return request.words.size() >= 2;
}

}  // namespace

void RequestReader::Text::add(Line line) {
  --missing;
  if (line.text.find('\0') != std::string_view::npos || !is_utf8(line.text)) bad = true;
  const auto returns = std::count(line.text.begin(), line.text.end(), '\r');
  bytes += (first ? 0 : 2) + line.text.size() - static_cast<std::size_t>(returns);
  first = false;
  if (line.too_long) bytes = std::max(bytes, limits::text + 1);
  if (bytes > limits::text) {
    // The request will be refused; its remaining lines are only counted.
    std::vector<std::string>().swap(lines);
    return;
  }
  std::string& kept = lines.emplace_back(line.text);
  if (returns != 0) std::erase(kept, '\r');
}

std::optional<Result<Request>> RequestReader::next() {
  saw_sync_ = false;
  if (text_ && text_->returned) text_.reset();
  for (;;) {
    lines_.set_limit(text_ ? limits::text : limits::line);
    const auto line = lines_.next();
    if (!line) return std::nullopt;
    if (auto request = take(*line)) return request;
  }
}

std::optional<Result<Request>> RequestReader::take(Line line) {
  if (binding_ == Binding::fifo && line.text.starts_with(sync_start)) {
    text_.reset();
    saw_sync_ = true;
  }
  return text_ ? take_text(line) : take_head(line);
}

std::optional<Result<Request>> RequestReader::take_head(Line line) {
  Request request = split_request(line.text);
  // HELLO SYNC= inside a text was read with the limit of a text.
  const bool bad = line.too_long || line.text.size() > limits::line || !is_readable(line.text);
  if (request.keyword == "SENDMSG") {
    // Lines of text are never requests, even if the SENDMSG is refused (6.8).
    if (const auto count = text_count(request)) {
      text_ = std::make_unique<Text>();
      text_->head = line.text;
      text_->missing = *count;
      text_->bad = bad;
      return std::nullopt;
    }
    if (is_bad_count(request)) return fail(ErrorCode::invalid);
  }
  if (bad) return fail(ErrorCode::invalid);
  return Result<Request>(std::move(request));
}

std::optional<Result<Request>> RequestReader::take_text(Line line) {
  text_->add(line);
  if (text_->missing > 0) return std::nullopt;
  text_->returned = true;
  if (text_->bad) return fail(ErrorCode::invalid);
  Request request = split_request(text_->head);
  request.text = std::move(text_->lines);
  request.text_bytes = text_->bytes;
  return Result<Request>(std::move(request));
}

Result<Request> read_datagram(std::string_view datagram) {
  datagram.remove_prefix(std::min(datagram.find_first_not_of(blank), datagram.size()));
  const std::size_t line_end = datagram.find('\n');
  std::string_view head = datagram.substr(0, line_end);
  if (!head.empty() && head.back() == '\r') head.remove_suffix(1);
  Request request = split_request(head);
  const auto count =
      request.keyword == "SENDMSG" ? text_count(request) : std::optional<std::uint64_t>();
  if (!count) {
    if (request.keyword == "SENDMSG" && is_bad_count(request)) return fail(ErrorCode::invalid);
    // The lines after such a SENDMSG are ignored. Any other request has only one line.
    if (request.keyword != "SENDMSG") head = datagram;
    head = head.substr(0, head.find_last_not_of(blank) + 1);
    if (head.size() > limits::line || !is_readable(head) ||
        head.find('\n') != std::string_view::npos)
      return fail(ErrorCode::invalid);
    return split_request(head);
  }
  if (head.size() > limits::line || !is_readable(head)) return fail(ErrorCode::invalid);
  std::string_view rest =
      line_end == std::string_view::npos ? std::string_view() : datagram.substr(line_end + 1);
  RequestReader::Text text;
  text.missing = *count;
  while (text.missing > 0 && !rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    text.add({line, line.size() > limits::text});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (text.missing > 0 || !rest.empty() || text.bad) return fail(ErrorCode::invalid);
  request.text = std::move(text.lines);
  request.text_bytes = text.bytes;
  return request;
}

}  // namespace msn::protocol
