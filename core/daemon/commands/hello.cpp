// SPDX-License-Identifier: MIT
// HELLO [SYNC=token]: which protocol, which features (protocol 6.12).
#include "core/daemon/context.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/percent.hpp"

namespace msn::daemon::handlers {
namespace {

std::string greeting() {
  std::string text = "msncd/" + std::to_string(protocol::limits::protocol_version);
  for (std::string_view feature : protocol::features()) (text += ' ') += feature;
  return text;
}

void run(Context&, const protocol::Request& request, Reply reply) {
  if (request.words.empty()) {
    static const std::string answer = protocol::ok(greeting());
    return reply(answer);
  }
  auto hello = protocol::Hello::decode(request);
  if (!hello) return reply(fail(std::move(hello.error())));
  std::string text = greeting();
  if (hello->sync) text += " SYNC=" + protocol::percent_encode_value(*hello->sync);
  reply(protocol::ok(text));
}

}  // namespace

extern const Command hello{.arguments = "[SYNC=token]", .max_words = any_number, .run = run};

}  // namespace msn::daemon::handlers
