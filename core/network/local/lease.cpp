// SPDX-License-Identifier: MIT
#include "core/network/local/lease.hpp"

#include "core/base/hex.hpp"
#include "core/base/text.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace msn::network::local {
namespace {

constexpr std::size_t name_bytes = 16;

tl::unexpected<Error> failed(const std::string& path) {
  return fail(ErrorCode::network, "cannot use " + visible(path) + ": " + std::strerror(errno));
}

// Users who can read the database can wake and watch its sessions; users who can write to it can
// have a session.
mode_t file_mode(const struct stat& database) {
  return database.st_mode & 0666;
}
mode_t folder_mode(const struct stat& database) {
  const mode_t file = file_mode(database);
  const mode_t group = (file & S_IWGRP) ? S_ISGID : 0;
  return file | ((file & 0444) >> 2) | group;
}

}  // namespace

std::string new_session_name() {
  std::array<std::uint8_t, name_bytes> random{};
  randombytes_buf(random.data(), random.size());
  return to_hex(random);
}

bool is_session_name(std::string_view name) {
  return name.size() == 2 * name_bytes &&
         name.find_first_not_of(hex_digits) == std::string_view::npos;
}

// Opens the existing folder. It must belong to this user, to root, to the database's owner or, if a
// group shares the database, to that group; otherwise fails with EPERM.
UniqueFd Leases::open_folder() const {
  UniqueFd folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat there {};
  struct stat database {};
  if (!folder || ::fstat(folder.get(), &there) != 0) return {};
  if (there.st_uid == ::geteuid() || there.st_uid == 0) return folder;
  if (::stat(database_.c_str(), &database) != 0) return {};
  if (there.st_uid == database.st_uid ||
      ((database.st_mode & S_IWGRP) != 0 && there.st_gid == database.st_gid))
    return folder;
  errno = EPERM;
  return {};
}

UniqueFd Leases::open_lease(std::string_view session) const {
  const UniqueFd folder = open_folder();
  if (!folder) return {};
  return UniqueFd(::openat(folder.get(), std::string(session).c_str(),
                           O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
}

Result<UniqueFd> Leases::create_folder() const {
  struct stat database {};
  struct stat there {};
  if (::stat(database_.c_str(), &database) != 0) return failed(database_);
  if (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) return failed(path_);
  UniqueFd folder = open_folder();
  if (!folder || ::fstat(folder.get(), &there) != 0) return failed(path_);
  const mode_t mode = folder_mode(database);
  if (there.st_uid != ::geteuid() ||
      ((there.st_mode & 07777) == mode && there.st_gid == database.st_gid))
    return folder;
  // The group first, because fchown() may clear the set-group-ID bit. EPERM is harmless.
  if (::fchown(folder.get(), static_cast<uid_t>(-1), database.st_gid) != 0 && errno != EPERM)
    return failed(path_);
  if (::fchmod(folder.get(), mode) != 0) return failed(path_);
  return folder;
}

Leases::Life Leases::state(std::string_view session) const {
  if (!is_session_name(session)) return Life::gone;
  const UniqueFd fd = open_lease(session);
  // A lease that cannot be opened may be locked; only a missing one proves that the session ended.
  if (!fd) return errno == ENOENT || errno == ENOTDIR ? Life::gone : Life::alive;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(fd.get(), F_OFD_GETLK, &lock) != 0) return Life::alive;
  return lock.l_type == F_UNLCK ? Life::dead : Life::alive;
}

void Leases::wake(std::string_view session) const {
  if (!is_session_name(session)) return;
  const UniqueFd fd = open_lease(session);
  char byte = 0;
  // An error is ignored: without a lease there is no session to wake.
  if (fd && ::read(fd.get(), &byte, 1) < 0) return;
}

void Leases::remove(std::string_view session) const {
  if (!is_session_name(session)) return;
  const UniqueFd folder = open_folder();
  const UniqueFd fd = open_lease(session);
  struct stat status {};
  if (!folder || !fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  std::array<char, 32> content{};
  const ssize_t size = ::read(fd.get(), content.data(), content.size());
  const auto end = content.begin() + std::max<ssize_t>(size, 0);
  if (size < 2 || *(end - 1) != '\n' ||
      !std::all_of(content.begin(), end - 1, [](char c) { return c >= '0' && c <= '9'; }))
    return;
  ::unlinkat(folder.get(), std::string(session).c_str(), 0);
}

std::vector<std::string> Leases::all() const {
  std::vector<std::string> names;
  UniqueFd fd = open_folder();
  if (!fd) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::fdopendir(fd.get()), &::closedir);
  if (!folder) return names;
  fd.release();
  while (const dirent* entry = ::readdir(folder.get()))
    if (is_session_name(entry->d_name)) names.emplace_back(entry->d_name);
  return names;
}

Result<void> Lease::acquire() {
  const auto folder = leases_.create_folder();
  if (!folder) return fail(folder.error());
  const std::string path = leases_.file(session_);
  const auto make = [&] {
    return UniqueFd(::openat(folder->get(), session_.c_str(),
                             O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  };
  UniqueFd file = make();
  if (!file && errno == EEXIST) {
    leases_.remove(session_);  // left by a copy of the folder
    file = make();
  }
  if (!file) return failed(path);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(file.get(), F_OFD_SETLK, &lock) != 0) return failed(path);

  struct stat database {};
  const std::string database_path = leases_.path().substr(0, leases_.path().rfind('.'));
  if (::stat(database_path.c_str(), &database) != 0) return failed(database_path);
  if (::fchown(file.get(), static_cast<uid_t>(-1), database.st_gid) != 0 && errno != EPERM)
    return failed(path);
  if (::fchmod(file.get(), file_mode(database)) != 0) return failed(path);
  // wake() needs a byte to read; the process ID is useful to administrators.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::write(file.get(), pid.data(), pid.size()) < 0) return failed(path);

  file_ = std::move(file);
  return watch();
}

Result<void> Lease::watch() {
  // Keep an existing instance, because the loop has a descriptor of it.
  UniqueFd made;
  if (!inotify_) {
    made.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    const int why = errno;
    // EMFILE can also mean that the process has no descriptors left. dup fails only then.
    UniqueFd second(::fcntl(made ? made.get() : file_.get(), F_DUPFD_CLOEXEC, 0));
    if (!second) return failed(leases_.path());
    errno = why;
    if (!made && errno == EMFILE) {
      exhausted_limit_ = "fs.inotify.max_user_instances";
      return {};
    }
    if (!made) return failed(leases_.path());
    second_ = std::move(second);
  }
  const int inotify = inotify_ ? inotify_.get() : made.get();
  const std::string path = leases_.file(session_);
  if (::inotify_add_watch(inotify, path.c_str(),
                          IN_ACCESS | IN_ATTRIB | IN_DELETE_SELF | IN_DONT_FOLLOW) < 0 ||
      ::inotify_add_watch(
          inotify, leases_.path().c_str(),
          IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW) < 0) {
    if (inotify_ || errno != ENOSPC) return failed(leases_.path());
    exhausted_limit_ = "fs.inotify.max_user_watches";
    second_.reset();
    return {};
  }
  if (made) inotify_ = std::move(made);
  exhausted_limit_.clear();
  return {};
}

bool Lease::lost() const {
  struct stat ours {};
  struct stat there {};
  return !file_ || ::fstat(file_.get(), &ours) != 0 ||
         ::lstat(leases_.file(session_).c_str(), &there) != 0 || ours.st_ino != there.st_ino ||
         ours.st_dev != there.st_dev;
}

void Lease::release() {
  if (!file_) return;
  // Remove the file before releasing the lock: an unlocked file would look like a dead session's.
  leases_.remove(session_);
  file_.reset();
}

Lease::Signals Lease::read_signals(int inotify) {
  Signals signals;
  alignas(inotify_event) std::array<char, 16384> bytes{};
  for (;;) {
    const ssize_t size = ::read(inotify, bytes.data(), bytes.size());
    if (size <= 0) return signals;
    for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, bytes.data() + at, sizeof event);
      const char* name = bytes.data() + at + sizeof event;
      at += sizeof event + event.len;
      if (event.mask & IN_Q_OVERFLOW) signals.overflow = true;
      if (event.len > 0 && (event.mask & IN_CLOSE_WRITE)) {
        // The name is padded with zeros.
        std::string closed(name, ::strnlen(name, event.len));
        if (is_session_name(closed) &&
            std::find(signals.closed.begin(), signals.closed.end(), closed) == signals.closed.end())
          signals.closed.push_back(std::move(closed));
      } else if (event.len == 0) {
        signals.woken = true;
      }
    }
  }
}

}  // namespace msn::network::local
