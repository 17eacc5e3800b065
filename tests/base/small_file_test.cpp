// SPDX-License-Identifier: MIT
// Reading and replacing a small file, also across a power failure.
#include "core/base/small_file.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <functional>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

using namespace msn;
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

// Replaces the C library's function in this program.
extern "C" int fsync(int fd) {
  return synced(fd, SYS_fsync);
}
extern "C" int fdatasync(int fd) {
  return synced(fd, SYS_fdatasync);
}

TEST_CASE("a new text is synced before it replaces the old one") {
  TempDir directory;
  const auto path = directory / "file";
  CHECK_FALSE(read_small_file(path));
  REQUIRE(replace_small_file(path, "old"));
  std::vector<std::string> seen;
  on_sync = [&](bool folder) {
    seen.push_back((folder ? "folder " : "file ") + *read_small_file(path));
  };
  REQUIRE(replace_small_file(path, "new"));
  CHECK(seen == std::vector<std::string>{"file old", "folder new"});
  CHECK(read_small_file(path) == "new");
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);

  SECTION("the same text is not written again") {
    seen.clear();
    REQUIRE(replace_small_file(path, "new"));
    CHECK(seen.empty());
    REQUIRE(replace_small_file(path, "ne"));
    CHECK(read_small_file(path) == "ne");
  }
  on_sync = {};
}

TEST_CASE("a text that cannot be written leaves the old file") {
  TempDir directory;
  const auto path = directory / "file";
  REQUIRE(replace_small_file(path, "old"));
  disk_full = true;
  const auto written = replace_small_file(path, "new");
  disk_full = false;
  REQUIRE_FALSE(written);
  CHECK(written.error().message.starts_with("cannot write "));
  CHECK(read_small_file(path) == "old");
}

TEST_CASE("a symbolic link or a FIFO without a writer or a file that is too long is not read") {
  TempDir directory;
  REQUIRE(replace_small_file(directory / "file", "text"));
  REQUIRE(::symlink((directory / "file").c_str(), (directory / "link").c_str()) == 0);
  REQUIRE(::mkfifo((directory / "fifo").c_str(), 0600) == 0);
  CHECK_FALSE(read_small_file(directory / "link"));
  CHECK(read_small_file(directory / "fifo").value_or("").empty());
  CHECK(read_small_file(directory / "file", 4) == "text");
  CHECK_FALSE(read_small_file(directory / "file", 3));
}
