// SPDX-License-Identifier: MIT
#include "cmd/msnc/program.hpp"

#include "core/base/text.hpp"

#include <array>
#include <cstring>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

namespace msn::msnc {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (auto& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

std::optional<std::string> find_program(const Environment& environment, std::string_view name) {
  const auto runs = [](const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
           ::access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != name.npos) {
    std::string path(name);
    if (runs(path)) return path;
    return std::nullopt;
  }
  const std::string path = environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (const auto directory : split(path, ':')) {
    std::string candidate =
        (directory.empty() ? "." : std::string(directory)) + "/" + std::string(name);
    if (runs(candidate)) return candidate;
  }
  return std::nullopt;
}

std::string own_path() {
  std::array<char, PATH_MAX> path{};
  const ssize_t n = ::readlink("/proc/self/exe", path.data(), path.size());
  return n > 0 ? std::string(path.data(), static_cast<std::size_t>(n)) : "msnc";
}

std::string errno_text(int error) {
  return std::strerror(error);
}

}  // namespace msn::msnc
