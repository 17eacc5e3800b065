// SPDX-License-Identifier: MIT
// SQLite ends a write-ahead file at the first frame that does not add up, which is right for a
// write that was cut off and silent about damage in the middle. This tells the two apart.
#pragma once
#include <string>

namespace msn::store {

// Whether the file holds a commit behind a damaged place, or has no readable beginning.
bool commits_lost(const std::string& wal_path);

}  // namespace msn::store
