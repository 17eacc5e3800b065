// SPDX-License-Identifier: MIT
// The small file, and that a machine that loses its power keeps the old one or the new one.
#include "core/network/msnp/memory.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <functional>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

using msn::network::msnp::MemoryFile;
using msn::test::TempDir;

namespace {

std::function<void(bool folder)> on_sync;
bool disk_full = false;

int synced(int fd, long number) {
  struct stat about {};
  ::fstat(fd, &about);
  if (on_sync) on_sync(S_ISDIR(about.st_mode));
  if (disk_full) {
    errno = ENOSPC;
    return -1;
  }
  return static_cast<int>(::syscall(number, fd));
}

}  // namespace

// In place of the library's: the calls of this program come here.
extern "C" int fsync(int fd) {
  return synced(fd, SYS_fsync);
}
extern "C" int fdatasync(int fd) {
  return synced(fd, SYS_fdatasync);
}

TEST_CASE(
    "what is remembered is on the disk before it takes the old one's place, and stays there") {
  TempDir directory;
  const MemoryFile file(directory.path(), "alice@example.com", "msn.example:1863");
  CHECK_FALSE(file.read());
  REQUIRE(file.write("old"));
  std::vector<std::string> seen;
  on_sync = [&](bool folder) { seen.push_back((folder ? "folder " : "file ") + *file.read()); };
  REQUIRE(file.write("new"));
  on_sync = {};
  CHECK(seen == std::vector<std::string>{"file old", "folder new"});
  CHECK(file.read() == "new");
}

TEST_CASE("what cannot be stored leaves the old one in its place") {
  TempDir directory;
  const MemoryFile file(directory.path(), "alice@example.com", "msn.example:1863");
  REQUIRE(file.write("old"));
  disk_full = true;
  const auto written = file.write("new");
  disk_full = false;
  REQUIRE_FALSE(written);
  CHECK(written.error().message.starts_with("cannot write "));
  CHECK(file.read() == "old");
}
