// SPDX-License-Identifier: MIT
#include "core/base/trusted_file.hpp"

#include "core/base/text.hpp"

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace msn {

Result<void> check_trusted(int fd, const std::string& path, FileUse use) {
  struct stat found {};
  if (::fstat(fd, &found) != 0)
    return fail(ErrorCode::usage, visible(path) + " cannot be read: " + std::strerror(errno));
  const auto word = shell_word(path);
  if (found.st_uid != ::geteuid() && found.st_uid != 0)
    return fail(ErrorCode::usage, visible(path) + " belongs to another user (user ID " +
                                      std::to_string(found.st_uid) +
                                      "); if you trust it, run: sudo chown " +
                                      std::to_string(::geteuid()) + ' ' + visible(word));
  if (S_ISCHR(found.st_mode)) return {};
  if (use == FileUse::password && (found.st_mode & 077) != 0)
    return fail(ErrorCode::usage,
                visible(path) + " can be accessed by other users; run: chmod 600 " + visible(word));
  if ((found.st_mode & 022) != 0)
    return fail(ErrorCode::usage,
                visible(path) + " can be written by other users; run: chmod go-w " + visible(word));
  return {};
}

}  // namespace msn
