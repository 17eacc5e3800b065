// SPDX-License-Identifier: MIT
#include "core/network/msnp/memory.hpp"

#include "core/base/paths.hpp"
#include "core/base/unique_fd.hpp"
#include "core/network/msnp/md5.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace msn::network::msnp {
namespace {

constexpr std::size_t longest = 16u << 20;

}  // namespace

MemoryFile::MemoryFile(const std::string& state_directory, std::string_view email,
                       std::string_view server)
    : folder_(state_directory + "/msnp"),
      path_(folder_ + "/" + md5_hex(std::string(email).append(" ").append(server)) + ".known") {}

std::optional<std::string> MemoryFile::read() const {
  const UniqueFd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return std::nullopt;
  std::string text;
  char buffer[16 * 1024];
  for (;;) {
    const auto n = ::read(file.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 || text.size() > longest) return std::nullopt;
    if (n == 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
  }
}

Result<void> MemoryFile::write(std::string_view text) const {
  if (auto made = make_private_directory(folder_); !made) return made;
  const auto failed = [&](const char* what) {
    return fail(ErrorCode::network,
                std::string("cannot ") + what + " " + path_ + ": " + std::strerror(errno));
  };
  const std::string fresh = path_ + ".new";
  ::unlink(fresh.c_str());  // of a daemon that died in the middle
  const UniqueFd file(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return failed("make");
  while (!text.empty()) {
    const auto n = ::write(file.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("write");
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::fdatasync(file.get()) != 0) return failed("write");
  if (::rename(fresh.c_str(), path_.c_str()) != 0) return failed("replace");
  const UniqueFd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) (void)::fsync(folder.get());
  return {};
}

}  // namespace msn::network::msnp
