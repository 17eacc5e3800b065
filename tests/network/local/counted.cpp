// SPDX-License-Identifier: MIT
#include "tests/network/local/counted.hpp"

#include <cerrno>
#include <dlfcn.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

extern "C" int crypto_pwhash_str_verify(const char* hash, const char* password,
                                        unsigned long long size) {
  using Verify = int (*)(const char*, const char*, unsigned long long);
  static const auto verify =
      reinterpret_cast<Verify>(::dlsym(RTLD_NEXT, "crypto_pwhash_str_verify"));
  ++msn::test::passwords_checked;
  if (msn::test::before_password_check) msn::test::before_password_check();
  return verify(hash, password, size);
}

extern "C" int fstatfs(int fd, struct statfs* system) noexcept {
  const auto result = static_cast<int>(::syscall(SYS_fstatfs, fd, system));
  if (msn::test::file_system != 0) system->f_type = msn::test::file_system;
  return result;
}

extern "C" int inotify_init1(int flags) noexcept {
  if (msn::test::no_inotify) {
    errno = EMFILE;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_inotify_init1, flags));
}
