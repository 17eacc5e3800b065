// SPDX-License-Identifier: MIT
#include "core/network/local/database_file.hpp"

#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <linux/magic.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace msn::network::local {
namespace {

tl::unexpected<Error> failed(const std::string& path) {
  return fail(path_error(path, std::strerror(errno)));
}

// The type that /proc/self/mountinfo gives for a device: "fuse.sshfs".
std::string mounted_type(dev_t device) {
  const std::string wanted = std::to_string(major(device)) + ":" + std::to_string(minor(device));
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string number, parent, found, word;
    words >> number >> parent >> found;
    if (found != wanted) continue;
    while (words >> word && word != "-") {
    }
    words >> word;
    return word;
  }
  return {};
}

// Whether the folder is group-writable and gives its group to new files.
bool is_shared_folder(const std::string& path) {
  struct stat folder {};
  return ::stat(path.c_str(), &folder) == 0 &&
         (folder.st_mode & (S_ISGID | S_IWGRP)) == (S_ISGID | S_IWGRP);
}

Result<void> create_file(const std::string& file, const std::string& path) {
  const UniqueFd made(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!made) return errno == EEXIST ? Result<void>() : failed(path);
  if (is_shared_folder(file.substr(0, file.rfind('/') + 1)) && ::fchmod(made.get(), 0660) != 0)
    return failed(path);
  return {};
}

Result<std::string> without_links(const std::string& path) {
  std::filesystem::path file(path);
  struct stat status {};
  const bool link = ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
  if (link && status.st_uid != ::geteuid() && status.st_uid != 0)
    return fail(path_error(path, "it is a symbolic link that belongs to another user"));
  std::error_code error;
  if (link)
    file = std::filesystem::canonical(file, error);
  else
    file = std::filesystem::canonical(file.has_parent_path() ? file.parent_path() : ".", error) /
           file.filename();
  if (error) return fail(path_error(path, std::strerror(error.value())));
  return file.string();
}

}  // namespace

Error path_error(const std::string& path, std::string_view reason) {
  return {ErrorCode::network, "cannot use " + visible(path) + ": " + std::string(reason)};
}

bool is_network_file_system(unsigned long type, std::string_view fuse_name) {
  // FUSE file systems that store their files on a device or in a folder of this machine.
  constexpr std::array<std::string_view, 7> local{
      "fuseblk",       "fuse.gocryptfs", "fuse.encfs",         "fuse.cryfs",
      "fuse.mergerfs", "fuse.bindfs",    "fuse.fuse-overlayfs"};
  // These are not in <linux/magic.h>.
  constexpr unsigned long lustre = 0x0bd00bd0, gpfs = 0x47504653, gfs2 = 0x01161970,
                          orangefs = 0x20030528, beegfs = 0x19830326, vboxsf = 0x786f4256,
                          vmhgfs = 0xbacbacbc, kernel_afs = 0x6b414653;
  switch (type & 0xffffffff) {
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case AFS_SUPER_MAGIC:
    case CODA_SUPER_MAGIC:
    case OCFS2_SUPER_MAGIC:
    case CEPH_SUPER_MAGIC:
    case CIFS_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
    case V9FS_MAGIC:
    case lustre:
    case gpfs:
    case gfs2:
    case orangefs:
    case beegfs:
    case vboxsf:
    case vmhgfs:
    case kernel_afs:
      return true;
    case FUSE_SUPER_MAGIC:
      return std::find(local.begin(), local.end(), fuse_name) == local.end();
    default:
      return false;
  }
}

Result<std::string> find_database(const std::string& path, IfMissing if_missing) {
  if (path.find('\0') != std::string::npos)
    return fail(path_error(path, "it is not a valid file name"));
  const auto file = without_links(path);
  if (!file) return file;
  if (if_missing == IfMissing::create)
    if (auto made = create_file(*file, path); !made) return fail(made.error());
  // O_PATH: closing any other descriptor of the file would drop this process's locks (SQLite's).
  const UniqueFd there(::open(file->c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  struct statfs system {};
  if (!there || ::fstat(there.get(), &status) != 0 || ::fstatfs(there.get(), &system) != 0)
    return failed(path);
  if (S_ISDIR(status.st_mode)) return fail(path_error(path, std::strerror(EISDIR)));
  if (!S_ISREG(status.st_mode)) return fail(path_error(path, "it is not a regular file"));
  if (status.st_nlink > 1)
    return fail(path_error(path, "it has several hard links; remove all but one"));
  if (::faccessat(AT_FDCWD, file->c_str(), R_OK | W_OK, AT_EACCESS) != 0) return failed(path);
  const auto type = static_cast<unsigned long>(system.f_type);
  const std::string fuse_name = type == FUSE_SUPER_MAGIC ? mounted_type(status.st_dev) : "";
  if (is_network_file_system(type, fuse_name))
    return fail(path_error(
        path, "it is on a file system" +
                  (fuse_name.empty() ? "" : " (" + visible(fuse_name) + ")") +
                  " that several machines can share, and their daemons would damage it; choose a "
                  "file on a local disk (--local-db FILE)"));
  // SQLite opens these files whatever their type, and opening a FIFO would block.
  for (const char* suffix : {"-journal", "-wal", "-shm"}) {
    const std::string companion = *file + suffix;
    if (::lstat(companion.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
      return fail(path_error(companion, "it is not a regular file"));
  }
  return file;
}

}  // namespace msn::network::local
