// SPDX-License-Identifier: MIT
#include "core/base/small_file.hpp"

#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace msn {

std::optional<std::string> read_small_file(const std::string& path, std::size_t longest) {
  // O_NONBLOCK: do not wait for a writer if it is a FIFO.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) return std::nullopt;
  std::string text;
  char buffer[16 * 1024];
  for (;;) {
    const auto n = ::read(file.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::nullopt;
    if (n == 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > longest) return std::nullopt;
  }
}

Result<void> replace_small_file(const std::string& path, std::string_view text) {
  if (read_small_file(path, text.size()) == text) return {};
  const auto failed = [&](const char* what) {
    return fail(ErrorCode::network,
                std::string("cannot ") + what + " " + visible(path) + ": " + std::strerror(errno));
  };
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());  // left by a process that died before rename()
  const UniqueFd file(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return failed("create");
  while (!text.empty()) {
    const auto n = ::write(file.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("write");
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::fdatasync(file.get()) != 0) return failed("write");
  if (::rename(fresh.c_str(), path.c_str()) != 0) return failed("replace");
  const auto slash = path.rfind('/');
  const std::string folder = slash == path.npos ? "." : path.substr(0, slash + 1);
  const UniqueFd directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) (void)::fsync(directory.get());
  return {};
}

}  // namespace msn
