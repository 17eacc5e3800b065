// SPDX-License-Identifier: MIT
// Detects that a database or the account's directory was removed or replaced while the daemon has
// it open. What is written to it from then on is lost when the daemon stops.
#pragma once
#include <map>
#include <set>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace msn::msncd {

class OwnFiles {
 public:
  // Watches the databases and locks below `directory`, and the files `others`.
  OwnFiles(const std::string& directory, const std::vector<std::string>& others);

  // Records which of these files are open now. Call it when that may have changed. It reads every
  // descriptor of the process.
  void note_open();
  // The files that are still open but no longer at their path; each path is returned once. Costs
  // one stat(2) for each file, so it can be called every few seconds.
  std::vector<std::string> lost();

 private:
  using Identity = std::pair<dev_t, ino_t>;
  static std::map<std::string, Identity> open_now();  // all regular files
  bool is_watched(const std::string& path) const;

  std::string directory_;  // ends with '/'
  std::set<std::string> others_;
  std::map<std::string, Identity> open_;
  std::set<std::string> reported_;
};

}  // namespace msn::msncd
