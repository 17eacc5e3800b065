// SPDX-License-Identifier: MIT
#include "cmd/secret.hpp"

#include "core/base/text.hpp"
#include "core/base/trusted_file.hpp"
#include "core/base/unique_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace msn {

void wipe(std::string& secret) {
  ::explicit_bzero(secret.data(), secret.size());
  secret.clear();
}

Result<std::string> secret_line(std::string text, const std::string& source) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  const std::size_t begin = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  const auto end = std::min(text.find('\n'), text.size());
  std::string line = text.substr(begin, end - begin);
  bool too_long = end == text.size() && text.size() > longest_secret;
  wipe(text);
  if (line.ends_with('\r')) line.pop_back();
  too_long = too_long || line.size() > longest_password;
  const bool bad = line.find_first_of(std::string_view("\r\0", 2)) != line.npos;
  if (!line.empty() && !bad && !too_long) return line;
  wipe(line);
  return fail(ErrorCode::usage, too_long ? "the first line of " + source +
                                               " is too long for a password (limit: " +
                                               std::to_string(longest_password) + " bytes)"
                                : bad ? "the password from " + source + " contains a CR or NUL byte"
                                      : source + " gave no password");
}

namespace {

// Reads until the end of line number `lines`, the end of the file, or the limit for that many
// lines.
Result<std::string> read_lines(int fd, std::size_t lines, const std::string& source) {
  std::string text(lines * (longest_secret + 1),
                   '\0');  // never reallocated: no copy is left in memory
  std::size_t size = 0;
  while (size < text.size() &&
         static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) < lines) {
    const ssize_t count = ::read(fd, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int reason = errno;
      wipe(text);
      return fail(ErrorCode::usage, source + " cannot be read: " + std::strerror(reason));
    }
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return text;
}

}  // namespace

Result<std::string> read_secret(int fd, const std::string& source) {
  auto text = read_lines(fd, 1, source);
  return text ? secret_line(std::move(*text), source) : text;
}

Result<std::array<std::string, 2>> read_two_secrets(int fd, const std::string& source) {
  auto text = read_lines(fd, 2, source);
  if (!text) return fail(std::move(text.error()));
  const auto end = text->find('\n');
  std::string rest = end == text->npos ? std::string() : text->substr(end + 1);
  auto first = secret_line(std::move(*text), source);
  auto second = secret_line(std::move(rest), "the second line of " + source);
  if (first && second) return std::array<std::string, 2>{std::move(*first), std::move(*second)};
  if (first) wipe(*first);
  if (second) wipe(*second);
  return fail(std::move(first ? second.error() : first.error()));
}

Result<std::string> read_secret_file(const std::string& path, bool wait) {
  const UniqueFd fd(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | (wait ? 0 : O_NONBLOCK)));
  if (!fd)
    return fail(ErrorCode::usage, visible(path) + " cannot be read: " + std::strerror(errno));
  if (auto good = check_trusted(fd.get(), path, FileUse::password); !good)
    return fail(std::move(good.error()));
  return read_secret(fd.get(), visible(path));
}

}  // namespace msn
