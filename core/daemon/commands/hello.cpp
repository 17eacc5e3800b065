// SPDX-License-Identifier: MIT
// HELLO [SYNC=token]: the protocol version and the features (protocol 6.12).
#include "core/daemon/context.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/percent.hpp"

#include <array>

namespace msn::daemon::handlers {
namespace {

std::string greeting(bool registers, bool changes_password) {
  std::string text = "msncd/" + std::to_string(protocol::limits::protocol_version);
  for (std::string_view feature : protocol::features()) (text += ' ') += feature;
  if (registers) text += " register";
  if (changes_password) text += " passwd";
  return text;
}

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto hello = protocol::Hello::decode(request);
  if (!hello) return reply(fail(std::move(hello.error())));
  const network::Abilities able = context.session.network().abilities();
  if (hello->sync)
    return reply(protocol::ok(greeting(able.registers, able.changes_password) +
                              " SYNC=" + protocol::percent_encode_value(*hello->sync)));
  static const std::array answers{
      protocol::ok(greeting(false, false)), protocol::ok(greeting(true, false)),
      protocol::ok(greeting(false, true)), protocol::ok(greeting(true, true))};
  reply(answers[able.registers + 2 * able.changes_password]);
}

}  // namespace

extern const Command hello{.arguments = "[SYNC=token]", .max_words = any_number, .run = run};

}  // namespace msn::daemon::handlers
