// SPDX-License-Identifier: MIT
// Logs the dialogue with servers at level trace: '>' sent, '<' received. Masks passwords, tickets.
#pragma once
#include "core/base/log.hpp"
#include "core/network/msnp/codec.hpp"
#include "core/network/msnp/passport.hpp"

#include <string>
#include <string_view>

namespace msn::network::msnp {

// Traces one connection, and must see all of its bytes. Only complete commands are logged, because
// tickets are recognized by their position in a command.
class Trace {
 public:
  // `server`: its name in the log. `log` must outlive the object.
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

// A command with its payload as one line.
std::string trace_of(const Command&);
// The URL without its query; the Authorization header is masked.
std::string trace_of(const HttpRequest&);
// The status and the headers; headers that may hold secrets are masked.
std::string trace_of(const HttpAnswer&, std::string_view url);

}  // namespace msn::network::msnp
