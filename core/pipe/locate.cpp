// SPDX-License-Identifier: MIT
#include "core/pipe/locate.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

namespace msn::pipe {
namespace {

bool is_directory(const std::string& path) {
  struct stat entry {};
  return stat(path.c_str(), &entry) == 0 && S_ISDIR(entry.st_mode);
}

bool is_ours(const std::string& path) {
  struct stat entry {};
  return stat(path.c_str(), &entry) == 0 && S_ISDIR(entry.st_mode) && entry.st_uid == geteuid();
}

// XDG_RUNTIME_DIR. Its specification says that a relative path is ignored.
std::optional<std::string> runtime_directory(const Environment& environment) {
  auto path = environment("XDG_RUNTIME_DIR");
  if (!path || path->empty() || path->front() != '/' || !is_directory(*path)) return std::nullopt;
  return path;
}

bool exists(const std::string& path) {
  struct stat entry {};
  return lstat(path.c_str(), &entry) == 0;
}

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

Result<Address> socket_address(const std::string& path) {
  return parse_address("unix:" + path);
}

// Calls `visit` with each socket in the order of the search until it returns true. Most often the
// first one does, and the home directory is not looked up.
template <class Visit>
void visit_sockets(const Environment& environment, std::string_view account, std::string_view users,
                   Visit visit) {
  const std::string file = "/msncd/" + std::string(account) + ".sock";
  const auto in = [&](std::string directory) {
    while (directory.size() > 1 && directory.back() == '/') directory.pop_back();
    return visit(directory += file);
  };
  if (const auto runtime = runtime_directory(environment);
      runtime && is_ours(*runtime) && in(*runtime))
    return;
  // cron's environment lacks $XDG_RUNTIME_DIR, but the user's runtime directory may exist.
  const std::string session = std::string(users) + '/' + std::to_string(getuid());
  if (is_directory(session) && in(session)) return;
  in(state_directory(environment));
}

}  // namespace

Result<void> check_account_name(std::string_view account) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (account.empty() || account.size() > 64 || account == "." || account == ".." ||
      !std::all_of(account.begin(), account.end(), good))
    return fail(ErrorCode::usage, "bad account name '" + visible(account) +
                                      "': 1 to 64 of A-Z a-z 0-9 . _ -, as in 'default'");
  // Files of msncd in the directory of the accounts: sockets, and the local network's database with
  // its companion files.
  if (account.ends_with(".sock") || account == "local.db" || account.starts_with("local.db-") ||
      account.starts_with("local.db."))
    return fail(ErrorCode::usage, "bad account name '" + visible(account) +
                                      "': msncd uses this file name itself; choose another name");
  return {};
}

std::optional<std::string> foreign_runtime_directory(const Environment& environment) {
  auto runtime = runtime_directory(environment);
  if (runtime && is_ours(*runtime)) runtime.reset();
  return runtime;
}

std::vector<std::string> default_sockets(const Environment& environment, std::string_view account,
                                         std::string_view users) {
  std::vector<std::string> sockets;
  visit_sockets(environment, account, users, [&](std::string socket) {
    if (std::find(sockets.begin(), sockets.end(), socket) == sockets.end())
      sockets.push_back(std::move(socket));
    return false;
  });
  return sockets;
}

std::optional<std::string> account_of_socket(const Address& address) {
  constexpr std::string_view folder = "/msncd", ending = ".sock";
  if (address.kind != Address::Kind::unix_socket) return std::nullopt;
  const auto slash = address.path.rfind('/');
  if (slash == std::string::npos) return std::nullopt;
  std::string_view name = std::string_view(address.path).substr(slash + 1);
  if (!name.ends_with(ending) || !std::string_view(address.path).substr(0, slash).ends_with(folder))
    return std::nullopt;
  name.remove_suffix(ending.size());
  if (!check_account_name(name)) return std::nullopt;
  return std::string(name);
}

std::vector<AccountSocket> account_sockets(const Environment& environment, std::string_view users) {
  std::vector<AccountSocket> found;
  for (const auto& place : default_sockets(environment, "x", users)) {
    const auto folder = directory_of(place);
    DIR* directory = ::opendir(folder.c_str());
    if (directory == nullptr) continue;
    while (const dirent* entry = ::readdir(directory)) {
      const std::string path = folder + '/' + entry->d_name;
      const auto address = socket_address(path);
      if (auto account = address ? account_of_socket(*address) : std::nullopt)
        found.push_back({std::move(*account), path});
    }
    ::closedir(directory);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.account < b.account; });
  return found;
}

Result<Address> find_socket(const Environment& environment, std::string_view account,
                            std::string_view users) {
  if (auto good = check_account_name(account); !good) return fail(std::move(good.error()));
  std::string first, found;
  visit_sockets(environment, account, users, [&](std::string socket) {
    if (exists(socket)) found = std::move(socket);
    if (!found.empty()) return true;
    if (first.empty()) first = std::move(socket);
    return false;
  });
  if (found.empty()) return socket_address(first);
  // The password must not be sent to a socket that another user may have created.
  if (auto ours = check_private_directory(directory_of(found)); !ours)
    return fail(std::move(ours.error()));
  return socket_address(found);
}

Result<Address> choose_socket(const Environment& environment, std::string_view account,
                              std::string_view users) {
  if (auto good = check_account_name(account); !good) return fail(std::move(good.error()));
  const auto sockets = default_sockets(environment, account, users);
  if (auto made = make_private_directory(directory_of(sockets.front())); !made)
    return fail(std::move(made.error()));
  return socket_address(sockets.front());
}

}  // namespace msn::pipe
