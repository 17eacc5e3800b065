// SPDX-License-Identifier: MIT
// What is kept from session to session (Known), in one small file per account and server.
#pragma once
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace msn::network::msnp {

class MemoryFile {
 public:
  // In a folder "msnp" of the state directory, made when it is needed. An address cannot lead out
  // of it: the name is a digest.
  MemoryFile(const std::string& state_directory, std::string_view email, std::string_view server);

  // Nothing if there is none, or none that can be read.
  std::optional<std::string> read() const;
  // Takes the old one's place in one step, once it is on the disk; 0600.
  Result<void> write(std::string_view text) const;
  const std::string& path() const { return path_; }

 private:
  std::string folder_, path_;
};

}  // namespace msn::network::msnp
