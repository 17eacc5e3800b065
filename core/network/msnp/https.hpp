// SPDX-License-Identifier: MIT
// HTTPS requests by libcurl, which is loaded when it is needed and not linked: see CMakeLists.txt.
// One worker thread, one request at a time, answers on the loop.
#pragma once
#include "core/base/log.hpp"
#include "core/base/result.hpp"
#include "core/network/msnp/limits.hpp"
#include "core/network/msnp/passport.hpp"

#include <asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace msn::network::msnp {

struct HttpsOptions {
  std::string ca_file;  // trusted besides the system's; empty: none
  Timing::Ms timeout{15'000};
};

class TicketFetcher {
 public:
  using Done = std::function<void(Result<std::string> ticket)>;
  // The loop and the log outlive it.
  TicketFetcher(asio::io_context& loop, HttpsOptions, Log&);
  // Ends what is under way; no Done is called any more.
  ~TicketFetcher();
  TicketFetcher(const TicketFetcher&) = delete;
  TicketFetcher& operator=(const TicketFetcher&) = delete;

  // Loads libcurl on the worker, so that the first fetch need not wait for it; to be called once
  // nothing forks any more.
  void prepare();
  // Goes through the dialogue on the worker and calls `done` on the loop. Takes the place of an
  // earlier one, whose Done is not called any more.
  void fetch(TicketDialogue, Done done);
  // Nobody wants the ticket any more: the password goes nowhere from here on.
  void cancel();

 private:
  struct Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace msn::network::msnp
