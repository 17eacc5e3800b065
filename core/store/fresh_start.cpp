// SPDX-License-Identifier: MIT
#include "core/store/log_file.hpp"

#include <algorithm>
#include <dirent.h>
#include <memory>
#include <sys/stat.h>

namespace msn::store {
namespace {

// Calls `visitor(name behind the path's, status)` for the file, what belongs to it, and what was
// moved aside.
template <class Visitor>
void visit_relatives(const std::string& path, const Visitor& visitor) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "./" : path.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()),
                                                    [](DIR* d) { return ::closedir(d); });
  if (!entries) return;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view found = entry->d_name;
    if (found.substr(0, name.size()) != name) continue;
    struct stat status {};
    if (::stat((folder + std::string(found)).c_str(), &status) != 0) continue;
    visitor(found.substr(name.size()), status);
  }
}

}  // namespace

bool was_moved_aside(const std::string& path) {
  bool found = false;
  visit_relatives(path, [&](std::string_view rest, const struct stat&) {
    found = found || rest.substr(0, 9) == ".damaged-" || rest.substr(0, 7) == ".newer-";
  });
  return found;
}

// Cursors begin at the clock and are given far more slowly than microseconds pass, so the moment of
// the last write is above all that a log can have given; should the clock have been set back, the
// times of the files still tell.
std::uint64_t fresh_start(const std::string& path, Time now) {
  using std::chrono::microseconds;
  auto start = std::chrono::duration_cast<microseconds>(now.time_since_epoch()).count();
  start = std::max<decltype(start)>(start, 0);
  visit_relatives(path, [&](std::string_view, const struct stat& status) {
    start = std::max<decltype(start)>(
        start, status.st_mtim.tv_sec * 1'000'000 + status.st_mtim.tv_nsec / 1000);
  });
  return static_cast<std::uint64_t>(start) + 1;
}

}  // namespace msn::store
