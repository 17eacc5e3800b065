// SPDX-License-Identifier: MIT
#include "core/store/log_file.hpp"

#include <algorithm>
#include <dirent.h>
#include <memory>
#include <sys/stat.h>

namespace msn::store {

// Cursors begin at the clock and are given far more slowly than microseconds pass, so the moment of
// the last write is above all that a log can have given; should the clock have been set back, the
// times of the files still tell.
std::uint64_t fresh_start(const std::string& path, Time now) {
  using std::chrono::microseconds;
  const auto of_clock = std::chrono::duration_cast<microseconds>(now.time_since_epoch()).count();
  std::uint64_t start = of_clock > 0 ? static_cast<std::uint64_t>(of_clock) : 0;

  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()),
                                                    [](DIR* d) { return ::closedir(d); });
  if (!entries) return start + 1;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view found = entry->d_name;
    if (found.substr(0, name.size()) != name) continue;
    struct stat status {};
    if (::stat((folder + "/" + std::string(found)).c_str(), &status) != 0) continue;
    const std::int64_t written =
        std::int64_t{status.st_mtim.tv_sec} * 1'000'000 + status.st_mtim.tv_nsec / 1000;
    start = std::max(start, static_cast<std::uint64_t>(std::max<std::int64_t>(written, 0)));
  }
  return start + 1;
}

}  // namespace msn::store
