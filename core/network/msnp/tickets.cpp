// SPDX-License-Identifier: MIT
#include "core/network/msnp/tickets.hpp"

#include "core/network/msnp/trace.hpp"

#include <utility>

namespace msn::network::msnp {
namespace {

constexpr std::string_view domain = "network.msnp";

}  // namespace

void TicketFetcher::fetch(TicketDialogue dialogue, Done done) {
  cancel();
  dialogue_.emplace(std::move(dialogue));
  done_ = std::move(done);
  next();
}

void TicketFetcher::cancel() {
  client_.cancel();
  dialogue_.reset();
  done_ = {};
}

void TicketFetcher::next() {
  auto request = dialogue_->request();
  if (!request) {
    auto result = *dialogue_->result();
    const auto done = std::exchange(done_, {});
    dialogue_.reset();
    done(std::move(result));  // which may be the end of us
    return;
  }
  if (log_.enabled(LogLevel::trace)) log_.write(LogLevel::trace, domain, trace_of(*request));
  auto url = request->url;
  client_.get(std::move(*request), [this, url = std::move(url)](Result<HttpAnswer> answer) {
    if (answer && log_.enabled(LogLevel::trace))
      log_.write(LogLevel::trace, domain, trace_of(*answer, url));
    if (answer)
      dialogue_->answer(*answer);
    else
      dialogue_->failed(std::move(answer.error()));
    next();
  });
}

}  // namespace msn::network::msnp
