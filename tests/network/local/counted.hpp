// SPDX-License-Identifier: MIT
// Functions of other libraries that this program's own versions stand before: they count, and can
// be made to wait or to fail.
#pragma once
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

namespace msn::test {

// crypto_pwhash_str_verify: how often a password was checked by its hash, and what is called first,
// on the worker's thread.
inline std::atomic<int> passwords_checked{0};
inline std::function<void()> before_password_check;

// inotify_init1: fails with EMFILE, as when the user has no instance left.
inline std::atomic<bool> no_inotify{false};

// fstatfs: the type it gives for any file; 0: the true one.
inline std::atomic<long> file_system{0};

// How many inotify instances this process holds.
inline int inotify_instances() {
  int count = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    count += std::filesystem::read_symlink(entry.path(), ignored) == "anon_inode:inotify";
  return count;
}

}  // namespace msn::test
