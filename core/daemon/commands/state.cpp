// SPDX-License-Identifier: MIT
// STATE: ourselves, the session and the queue, in every state (protocol 13.6).
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
  const auto tell = [&](std::string key, std::string_view value) {
    if (!value.empty()) attributes.emplace_back(std::move(key), value);
  };
  const auto flag = [](bool set) { return set ? "1" : "0"; };

  tell("account", context.settings.account);
  tell("state", name(state));
  tell("email", session.email());
  if (session.up()) {
    tell("nick", self.nick);
    if (self.status) tell("status", model::status_name(*self.status));
    tell("public", flag(self.privacy.open));
    tell("auth", flag(self.privacy.ask));
  }
  tell("since", protocol::rfc3339(session.since()));
  tell("network", context.settings.network);
  tell("server", self.server);
  const network::Abilities abilities = context.session.network().abilities();
  tell("text_limit", std::to_string(abilities.text_limit));
  tell("invisible", flag(abilities.invisible));
  tell("offline_messages", flag(abilities.offline_messages));
  tell("consent", flag(abilities.consent));
  if (session.up()) tell("queued", std::to_string(self.queued));
  if (log != nullptr) {
    tell("pending", std::to_string(context.queues.pending(*log->queue("-"))));
    if (context.journal.is_failing()) tell("storage", "full");
  }
  tell("version", context.settings.version);
  reply(protocol::attributes(attributes));
}

}  // namespace

extern const Command state{.max_words = any_number, .run = run};

}  // namespace msn::daemon::handlers
