// SPDX-License-Identifier: MIT
// After "The Write-Ahead Log" of SQLite's file format: a header of 32 octets, then frames of a
// header of 24 octets and a page. A frame belongs to the present run of the file when its salt is
// the file's; it is valid when the sums over all frames so far are in it; it is a commit when it
// tells the size of the database.
#include "core/store/wal_check.hpp"

#include "core/base/unique_fd.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace msn::store {
namespace {

constexpr std::size_t header_octets = 32;
constexpr std::size_t frame_header_octets = 24;

std::uint32_t big_endian(const unsigned char* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 |
         std::uint32_t{at[3]};
}

std::uint32_t little_endian(const unsigned char* at) {
  return std::uint32_t{at[3]} << 24 | std::uint32_t{at[2]} << 16 | std::uint32_t{at[1]} << 8 |
         std::uint32_t{at[0]};
}

struct Checksum {
  bool big = false;
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  void add(const unsigned char* octets, std::size_t size) {
    for (std::size_t i = 0; i < size; i += 8) {
      first += (big ? big_endian(octets + i) : little_endian(octets + i)) + second;
      second += (big ? big_endian(octets + i + 4) : little_endian(octets + i + 4)) + first;
    }
  }
  bool is(const unsigned char* at) const {
    return big_endian(at) == first && big_endian(at + 4) == second;
  }
};

bool read_at(int fd, std::vector<unsigned char>& into, std::uint64_t offset) {
  return ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset)) ==
         static_cast<ssize_t>(into.size());
}

}  // namespace

bool commits_lost(const std::string& wal_path) {
  const UniqueFd file(::open(wal_path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || status.st_size == 0) return false;

  std::vector<unsigned char> header(header_octets);
  if (!read_at(file.get(), header, 0)) return true;
  const std::uint32_t magic = big_endian(header.data());
  const std::uint32_t page_octets = big_endian(header.data() + 8);
  Checksum sum{(magic & 1) != 0, 0, 0};
  sum.add(header.data(), 24);
  if ((magic | 1) != 0x377f0683 || page_octets < 512 || page_octets > 65536 ||
      page_octets % 8 != 0 || !sum.is(header.data() + 24)) {
    return true;
  }

  bool valid = true;
  std::vector<unsigned char> frame(frame_header_octets + page_octets);
  for (std::uint64_t at = header_octets; read_at(file.get(), frame, at); at += frame.size()) {
    const bool present_run = std::memcmp(frame.data() + 8, header.data() + 16, 8) == 0;
    const bool commit = big_endian(frame.data() + 4) != 0;
    if (valid) {
      sum.add(frame.data(), 8);
      sum.add(frame.data() + frame_header_octets, page_octets);
      valid = present_run && sum.is(frame.data() + 16);
    } else if (present_run && commit) {
      return true;
    }
  }
  return false;
}

}  // namespace msn::store
