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
  const bool cut = end == text.size() && text.size() > longest_secret;
  wipe(text);
  if (line.ends_with('\r')) line.pop_back();
  const bool bad = line.find_first_of(std::string_view("\r\0", 2)) != line.npos;
  if (!line.empty() && !bad && !cut) return line;
  wipe(line);
  return fail(ErrorCode::usage, cut   ? source + " has no password: its first line is too long"
                                : bad ? "the password from " + source + " holds a CR or NUL"
                                      : source + " gave no password");
}

Result<std::string> read_secret(int fd, const std::string& source) {
  std::string text(longest_secret + 1, '\0');  // never moved, so that no copy is left behind
  std::size_t size = 0;
  while (size < text.size() && text.find('\n') == text.npos) {
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
  return secret_line(std::move(text), source);
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
