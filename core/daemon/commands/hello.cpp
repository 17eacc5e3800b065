// SPDX-License-Identifier: MIT
// HELLO [SYNC=token]: which protocol, which features (protocol 6.12).
#include "core/daemon/context.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/percent.hpp"

namespace msn::daemon::handlers {
namespace {

std::string greeting(const network::Abilities& able) {
  std::string text = "msncd/" + std::to_string(protocol::limits::protocol_version);
  for (std::string_view feature : protocol::features()) (text += ' ') += feature;
  if (able.registers) text += " register";
  if (able.changes_password) text += " passwd";
  return text;
}

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto hello = protocol::Hello::decode(request);
  if (!hello) return reply(fail(std::move(hello.error())));
  std::string text = greeting(context.session.network().abilities());
  if (hello->sync) text += " SYNC=" + protocol::percent_encode_value(*hello->sync);
  reply(protocol::ok(text));
}

}  // namespace

extern const Command hello{.arguments = "[SYNC=token]", .max_words = any_number, .run = run};

}  // namespace msn::daemon::handlers
