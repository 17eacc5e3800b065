// SPDX-License-Identifier: MIT
#include "cmd/msncd/own_files.hpp"

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <system_error>

namespace msn::msncd {
namespace {

constexpr std::string_view deleted = " (deleted)";  // the kernel's mark in /proc/self/fd

std::string real_path(const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::weakly_canonical(path, error);
  return error ? path : real.string();
}

}  // namespace

OwnFiles::OwnFiles(const std::string& directory, const std::vector<std::string>& others)
    : directory_(real_path(directory) + '/') {
  for (const auto& path : others) others_.insert(real_path(path));
}

bool OwnFiles::is_watched(const std::string& path) const {
  if (others_.count(path) != 0) return true;
  return path.starts_with(directory_) && (path.ends_with(".db") || path.ends_with("/lock"));
}

std::map<std::string, OwnFiles::Identity> OwnFiles::open_now() {
  std::map<std::string, Identity> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
       at.increment(error)) {
    std::error_code closed;
    auto path = std::filesystem::read_symlink(*at, closed).string();
    if (closed) continue;
    if (path.ends_with(deleted)) path.resize(path.size() - deleted.size());
    struct stat file {};
    if (::fstat(std::atoi(at->path().filename().c_str()), &file) == 0 && S_ISREG(file.st_mode))
      found[path] = {file.st_dev, file.st_ino};
  }
  return found;
}

void OwnFiles::note_open() {
  open_ = open_now();
  std::erase_if(open_, [this](const auto& file) { return !is_watched(file.first); });
}

std::vector<std::string> OwnFiles::lost() {
  std::map<std::string, Identity> missing;
  for (const auto& [path, identity] : open_) {
    struct stat there {};
    const bool same =
        ::stat(path.c_str(), &there) == 0 && Identity{there.st_dev, there.st_ino} == identity;
    if (!same && reported_.count(path) == 0) missing.emplace(path, identity);
  }
  if (missing.empty()) return {};
  // The daemon may have closed a file before it was removed. (A renamed file is open under its new
  // path, so compare identities.)
  std::set<Identity> still;
  for (const auto& [path, identity] : open_now()) still.insert(identity);
  std::vector<std::string> lost;
  for (const auto& [path, identity] : missing)
    if (still.count(identity) != 0)
      lost.push_back(path);
    else
      open_.erase(path);
  reported_.insert(lost.begin(), lost.end());
  return lost;
}

}  // namespace msn::msncd
