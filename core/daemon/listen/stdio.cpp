// SPDX-License-Identifier: MIT
#include "core/daemon/listen/stdio.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <utility>

namespace msn::daemon::listen {

Result<std::shared_ptr<Listener>> StdioListener::open(Hub& hub, int in, int out,
                                                      std::function<void()> done) {
  auto set = hub.ready_set();
  if (!set) return fail(set.error());
  UniqueFd input(::fcntl(in, F_DUPFD_CLOEXEC, 0)), output(::fcntl(out, F_DUPFD_CLOEXEC, 0));
  if (!input || !output)
    return fail(ErrorCode::no_access,
                std::string("cannot use standard input and output: ") + std::strerror(errno));
  auto listener = std::make_shared<StdioListener>();
  auto client = std::make_shared<Client>(
      hub, **set, Conversation::Binding::stdio,
      Stream::Descriptors{Stream::Kind::shared, std::move(input), std::move(output)},
      std::move(done));
  listener->client_ = client;
  hub.add(client);
  client->start();
  return std::shared_ptr<Listener>(std::move(listener));
}

void StdioListener::close() {
  if (const auto client = client_.lock()) client->drop();
}

}  // namespace msn::daemon::listen
