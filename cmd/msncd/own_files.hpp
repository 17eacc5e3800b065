// SPDX-License-Identifier: MIT
// Notices that a database or the account's directory was removed or replaced while the daemon has
// it open: what is written there from then on is lost when it ends.
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
  // Of the files below `directory` the databases and locks, and `others` wherever they are.
  OwnFiles(const std::string& directory, const std::vector<std::string>& others);

  // Remembers which of them are open now. Called when that may have changed; looks at every
  // descriptor of the process.
  void note_open();
  // Those that are open still and no longer at their path; each is named once. A stat(2) for each
  // file, so it can be called every few seconds.
  std::vector<std::string> lost();

 private:
  using Identity = std::pair<dev_t, ino_t>;
  static std::map<std::string, Identity> open_now();  // every regular file
  bool is_own(const std::string& path) const;

  std::string directory_;  // ends with '/'
  std::set<std::string> others_;
  std::map<std::string, Identity> open_;
  std::set<std::string> named_;
};

}  // namespace msn::msncd
