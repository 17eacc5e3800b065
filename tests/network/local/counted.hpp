// SPDX-License-Identifier: MIT
// Replacements for functions of other libraries: they count calls, and can wait or fail.
#pragma once
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

namespace msn::test {

// crypto_pwhash_str_verify: the number of password checks, and a function that is called first, on
// the worker's thread.
inline std::atomic<int> passwords_checked{0};
inline std::function<void()> before_password_check;

// inotify_init1: true: it fails with EMFILE, as if the user had no instance left.
inline std::atomic<bool> no_inotify{false};

// fstatfs: the type it returns for every file; 0: the real one.
inline std::atomic<long> file_system{0};

// The number of inotify instances of this process.
inline int inotify_instances() {
  int count = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    count += std::filesystem::read_symlink(entry.path(), ignored) == "anon_inode:inotify";
  return count;
}

}  // namespace msn::test
