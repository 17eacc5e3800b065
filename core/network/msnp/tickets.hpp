// SPDX-License-Identifier: MIT
// Fetches a ticket over HTTPS: the login's dialogue, request by request.
#pragma once
#include "core/base/log.hpp"
#include "core/network/common/http_client.hpp"
#include "core/network/msnp/passport.hpp"

#include <functional>
#include <optional>
#include <string>

namespace msn::network::msnp {

class TicketFetcher {
 public:
  using Done = std::function<void(Result<std::string> ticket)>;
  // All outlive it.
  TicketFetcher(asio::io_context& loop, const Lookups& lookups, const Tls& tls,
                HttpClient::Options options, Log& log)
      : client_(loop, lookups, tls, std::move(options)), log_(log) {}

  // Calls `done` on the loop, not from inside. Takes the place of an earlier one, whose Done is not
  // called any more.
  void fetch(TicketDialogue, Done done);
  // The ticket is not wanted any more: the password goes nowhere from here on.
  void cancel();

 private:
  void next();

  HttpClient client_;
  Log& log_;
  std::optional<TicketDialogue> dialogue_;
  Done done_;
};

}  // namespace msn::network::msnp
