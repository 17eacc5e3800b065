// SPDX-License-Identifier: MIT
// What a network remembers of an account between sessions: one small file, read and written by a
// worker. Loop thread only.
#pragma once
#include "core/base/log.hpp"
#include "core/network/common/worker.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace msn::network {

class Memory : public std::enable_shared_from_this<Memory> {
 public:
  // `path`: a file whose folder is created (0700) at the first write. The worker and the log
  // outlive this object; `domain` (of the log) is a string literal.
  static std::shared_ptr<Memory> make(std::string path, Worker&, Log&, std::string_view domain);

  // Calls `done` on the loop; nullopt if the file does not exist or cannot be read.
  void read(std::function<void(std::optional<std::string>)> done) const;
  // Replaces the text of the file: now, or after the pending writes of keep_when_stored().
  void keep(std::string text);
  // Returns a function that replaces the text, for use as Batch::stored. Until it is called, keep()
  // writes nothing, so that after a crash the file is never newer than the event log.
  std::function<void()> keep_when_stored(std::string text);

 private:
  Memory(std::string path, Worker&, Log&, std::string_view domain);
  void write(std::string text) const;

  const std::string path_;
  Worker& worker_;
  Log& log_;
  const std::string_view domain_;
  std::size_t unstored_ = 0;          // texts of keep_when_stored() that are not written yet
  std::optional<std::string> later_;  // the text of keep() to write after them
};

}  // namespace msn::network
