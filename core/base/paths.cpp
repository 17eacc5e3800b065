// SPDX-License-Identifier: MIT
#include "core/base/paths.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace msn {
namespace {

std::optional<std::string> value(const Environment& environment, std::string_view name) {
  auto found = environment(name);
  if (found && found->empty()) return std::nullopt;
  return found;
}

// Reads the file, not getpwuid(3): that loads plugins (NSS), which a static program cannot.
std::optional<std::string> home_of_uid() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/etc/passwd", "re"),
                                                             &std::fclose);
  if (!file) return std::nullopt;
  while (const passwd* entry = ::fgetpwent(file.get()))
    if (entry->pw_uid == ::getuid() && entry->pw_dir != nullptr && *entry->pw_dir != '\0')
      return std::string(entry->pw_dir);
  return std::nullopt;
}

std::string below(std::string directory, std::string_view name) {
  if (directory.empty() || directory.back() != '/') directory += '/';
  directory += name;
  return directory;
}

// The XDG specification says to ignore a path that is not absolute.
std::string xdg_directory(const Environment& environment, std::string_view variable,
                          std::string_view below_home) {
  if (auto path = value(environment, variable); path && path->front() == '/') return *path;
  return below(home_directory(environment), below_home);
}

tl::unexpected<Error> no_access(const std::string& path, std::string_view why) {
  return fail(ErrorCode::no_access, visible(path) + ": " + std::string(why));
}

// In a parent that every user can write to, without the sticky bit, another user could replace the
// directory. Write access for a group is accepted: the user chose it (a umask of 002, a shared
// folder).
Result<void> check_parents(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (!real) return no_access(path, std::strerror(errno));
  std::string parent(real.get());
  while (parent.size() > 1) {
    parent.resize(std::max<std::size_t>(parent.rfind('/'), 1));
    struct stat found {};
    if (::stat(parent.c_str(), &found) != 0) return no_access(parent, std::strerror(errno));
    if ((found.st_mode & S_IWOTH) != 0 && (found.st_mode & S_ISVTX) == 0)
      return no_access(parent, "every user can replace files in it; run: chmod o-w " +
                                   visible(shell_word(parent)));
  }
  return {};
}

Result<struct stat> stat_own_directory(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return no_access(path, std::strerror(errno));
  if (!S_ISDIR(found.st_mode)) return no_access(path, "not a directory");
  if (found.st_uid != ::geteuid())
    return no_access(path,
                     "belongs to another user (user ID " + std::to_string(found.st_uid) + ")");
  if (auto good = check_parents(path); !good) return fail(good.error());
  return found;
}

}  // namespace

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* found = std::getenv(std::string(name).c_str());
    if (found == nullptr) return std::nullopt;
    return std::string(found);
  };
}

std::string home_directory(const Environment& environment) {
  if (auto home = value(environment, "HOME")) return *home;
  return home_of_uid().value_or("/");
}

std::string expand_home(std::string text, const Environment& environment) {
  for (const std::string_view kind : {"", "unix:", "fifo:"})
    if (text.starts_with(std::string(kind) + "~/"))
      return text.replace(kind.size(), 1, home_directory(environment));
  return text;
}

std::optional<std::string> foreign_home(const Environment& environment) {
  auto home = environment("HOME");
  struct stat entry {};
  if (!home || home->empty() || ::stat(home->c_str(), &entry) != 0 || entry.st_uid == ::geteuid())
    return std::nullopt;
  return home;
}

std::string config_directory(const Environment& environment) {
  return xdg_directory(environment, "XDG_CONFIG_HOME", ".config");
}

std::string state_directory(const Environment& environment) {
  return xdg_directory(environment, "XDG_STATE_HOME", ".local/state");
}

Result<void> make_private_directory(const std::string& path) {
  if (path.empty()) return fail(ErrorCode::no_access, "the path of a directory is empty");
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at < path.size() && path[at] != '/') continue;
    const std::string part = path.substr(0, at);
    if (::mkdir(part.c_str(), 0700) == 0 || errno == EEXIST) continue;
    const int error = errno;
    // mkdir() on an existing system directory may fail with EACCES or EROFS instead of EEXIST.
    struct stat there {};
    if (at < path.size() && ::stat(part.c_str(), &there) == 0) continue;
    return no_access(part, std::strerror(error));
  }
  const auto found = stat_own_directory(path);
  if (!found) return fail(found.error());
  if ((found->st_mode & 077) != 0)
    return no_access(path,
                     "other users can access it; run: chmod 700 " + visible(shell_word(path)));
  return {};
}

Result<void> check_private_directory(const std::string& path) {
  const auto found = stat_own_directory(path);
  if (!found) return fail(found.error());
  if ((found->st_mode & 022) != 0)
    return no_access(path,
                     "other users can write to it; run: chmod 700 " + visible(shell_word(path)));
  return {};
}

}  // namespace msn
