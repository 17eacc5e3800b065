// SPDX-License-Identifier: MIT
// What a network keeps of an account from session to session: one small file, read and written off
// the loop.
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
  // `path`: a file in a folder of its own, which is made (0700) when something is written. The
  // worker and the log outlive it; `domain` is a literal, for the log.
  static std::shared_ptr<Memory> make(std::string path, Worker&, Log&, std::string_view domain);

  // Nothing if there is none, or none that can be read.
  void read(std::function<void(std::optional<std::string>)> done) const;
  // Takes the place of the former text, once the events of earlier texts are stored.
  void keep(std::string text);
  // A text that rests on events: it is written when Batch::stored, which this returns, is called.
  // Until then nothing is: what is read after a crash must not know more than the log of events.
  std::function<void()> keep_when_stored(std::string text);

 private:
  Memory(std::string path, Worker&, Log&, std::string_view domain);
  void write(std::string text) const;

  const std::string path_;
  Worker& worker_;
  Log& log_;
  const std::string_view domain_;
  std::size_t unstored_ = 0;          // texts that wait for their events
  std::optional<std::string> later_;  // to be written after these
};

}  // namespace msn::network
