// SPDX-License-Identifier: MIT
#include "core/pipe/locate.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace msn::pipe {
namespace {

bool is_directory(const std::string& path) {
  struct stat entry {};
  return stat(path.c_str(), &entry) == 0 && S_ISDIR(entry.st_mode);
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
  return {};
}

std::vector<std::string> default_sockets(const Environment& environment, std::string_view account,
                                         std::string_view users) {
  const std::string file = "/msncd/" + std::string(account) + ".sock";
  std::vector<std::string> sockets;
  const auto offer = [&](std::string directory) {
    while (directory.size() > 1 && directory.back() == '/') directory.pop_back();
    directory += file;
    if (std::find(sockets.begin(), sockets.end(), directory) == sockets.end())
      sockets.push_back(std::move(directory));
  };
  // A relative path in an XDG variable is to be ignored, says its specification.
  const auto runtime = environment("XDG_RUNTIME_DIR");
  if (runtime && !runtime->empty() && runtime->front() == '/' && is_directory(*runtime))
    offer(*runtime);
  // cron's environment is empty, but the session's directory may be there all the same.
  const std::string session = std::string(users) + '/' + std::to_string(getuid());
  if (is_directory(session)) offer(session);
  offer(state_directory(environment));
  return sockets;
}

Result<Address> find_socket(const Environment& environment, std::string_view account,
                            std::string_view users) {
  if (auto good = check_account_name(account); !good) return fail(good.error());
  const auto sockets = default_sockets(environment, account, users);
  for (const auto& socket : sockets) {
    if (!exists(socket)) continue;
    // A socket that others could have put there would get our password.
    if (auto ours = check_private_directory(directory_of(socket)); !ours) return fail(ours.error());
    return socket_address(socket);
  }
  return socket_address(sockets.front());
}

Result<Address> choose_socket(const Environment& environment, std::string_view account,
                              std::string_view users) {
  if (auto good = check_account_name(account); !good) return fail(good.error());
  const auto sockets = default_sockets(environment, account, users);
  if (auto made = make_private_directory(directory_of(sockets.front())); !made)
    return fail(made.error());
  return socket_address(sockets.front());
}

}  // namespace msn::pipe
