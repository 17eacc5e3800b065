// SPDX-License-Identifier: MIT
// The dialogue with the servers as lines for the log at trace: '>' sent, '<' received, passwords
// and tickets masked.
#pragma once
#include "core/base/log.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/passport.hpp"

#include <string>
#include <string_view>

namespace msn::network::msnp {

// One connection, from its beginning: only whole commands are shown, because a ticket is known by
// its place in one.
class Trace {
 public:
  // `server`: how the log calls it. The log outlives it.
  Trace(Log& log, std::string server) : log_(log), server_(std::move(server)) {}
  void received(std::string_view bytes) { show(in_, '<', bytes); }
  void sent(std::string_view bytes) { show(out_, '>', bytes); }

 private:
  void show(CommandReader&, char direction, std::string_view bytes);

  Log& log_;
  std::string server_;
  CommandReader in_{CommandReader::From::server};
  CommandReader out_{CommandReader::From::client};
};

// A command with its payload, in one line.
std::string trace_of(const Command&);
// The address without its query; the authorization masked.
std::string trace_of(const HttpRequest&);
// The status, and those headers that hold no secret.
std::string trace_of(const HttpAnswer&, std::string_view url);

}  // namespace msn::network::msnp
