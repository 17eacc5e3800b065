// SPDX-License-Identifier: MIT
// INFO contact: the attributes of one contact (protocol 6.11).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

void run(Context& context, const protocol::Request& request, Reply reply) {
  auto parsed = protocol::ContactRequest::decode(request);
  if (!parsed) return reply(fail(std::move(parsed.error())));
  const auto resolved =
      context.session.resolve(parsed->who, parsed->nick, Session::Candidates::listed);
  if (!resolved) return reply(fail(resolved.error()));
  const auto contact =
      context.session.as_reported(context.session.roster().find(resolved->email)->second);
  const auto flag = [](bool set) { return std::string(set ? "1" : "0"); };
  protocol::Attributes attributes{{"email", contact.email}, {"nick", contact.shown_nick()}};
  const auto add_if_known = [&](std::string name, const std::string& value) {
    if (!value.empty()) attributes.emplace_back(std::move(name), value);
  };
  add_if_known("homep", contact.home_phone);
  add_if_known("workp", contact.work_phone);
  add_if_known("mobilep", contact.mobile_phone);
  attributes.emplace_back("status", model::status_name(contact.status));
  add_if_known("realnick", contact.real_nick);
  attributes.emplace_back("forward", flag(contact.lists.forward));
  attributes.emplace_back("reverse", flag(contact.lists.reverse));
  attributes.emplace_back("blocked", flag(contact.lists.block));
  if (contact.asks) attributes.emplace_back("asks", flag(true));
  if (contact.awaited) attributes.emplace_back("awaited", flag(true));
  add_if_known("note", contact.note);
  reply(protocol::attributes(attributes));
}

}  // namespace

extern const Command info{.arguments = "contact",
                          .min_words = 1,
                          .max_words = 1,
                          .needs = Command::Needs::session,
                          .run = run};

}  // namespace msn::daemon::handlers
