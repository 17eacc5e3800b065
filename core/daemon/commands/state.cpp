// SPDX-License-Identifier: MIT
// STATE: the account, the session and the default queue; needs no session (protocol 13.6).
#include "core/daemon/context.hpp"

namespace msn::daemon::handlers {
namespace {

std::string_view name(network::State state) {
  switch (state) {
    case network::State::offline:
      return "offline";
    case network::State::connecting:
      return "connecting";
    case network::State::online:
      return "online";
    case network::State::reconnecting:
      return "reconnecting";
  }
  return "offline";
}

void run(Context& context, const protocol::Request&, Reply reply) {
  const Session& session = context.session;
  const network::State state = session.state();
  const network::Self& self = session.self();
  const store::EventLog* log = context.journal.log();
  protocol::Attributes attributes;
  const auto add = [&](std::string key, std::string_view value) {
    if (!value.empty()) attributes.emplace_back(std::move(key), value);
  };
  const auto flag = [](bool set) { return set ? "1" : "0"; };

  add("account", context.settings.account);
  add("state", name(state));
  add("email", session.email());
  if (session.is_usable()) {
    add("nick", self.nick);
    if (self.status) add("status", model::status_name(*self.status));
    add("public", flag(self.privacy.open));
    add("auth", flag(self.privacy.ask));
  }
  add("since", protocol::rfc3339(session.since()));
  add("network", context.settings.network);
  add("server", self.server);
  const network::Abilities abilities = context.session.network().abilities();
  add("text_limit", std::to_string(abilities.text_limit));
  add("invisible", flag(abilities.invisible));
  add("offline_messages", flag(abilities.offline_messages));
  add("consent", flag(abilities.consent));
  if (session.is_usable()) add("queued", std::to_string(self.queued));
  if (log != nullptr) {
    add("pending", std::to_string(context.queues.pending(*log->queue("-"))));
    if (context.journal.is_failing()) add("storage", "full");
  }
  add("version", context.settings.version);
  reply(protocol::attributes(attributes));
}

}  // namespace

extern const Command state{.max_words = any_number, .run = run};

}  // namespace msn::daemon::handlers
