// SPDX-License-Identifier: MIT
#include "core/network/msnp/msnp_network.hpp"

#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/md5.hpp"

#include <random>
#include <utility>
#include <variant>

namespace msn::network::msnp {
namespace {

constexpr std::string_view domain = "network.msnp";

SessionOptions session_options(const Options& options) {
  auto engine = std::make_shared<std::minstd_rand>(std::random_device{}());
  return {options.server, options.timing,
          [engine] { return std::uniform_real_distribution<double>(0.0, 1.0)(*engine); }};
}

Connection::Limits connection_limits(const Timing& timing) {
  return {timing.address, timing.stall, limits::unwritten};
}

}  // namespace

MsnpNetwork::MsnpNetwork(Options options, const Dependencies& dependencies)
    : options_(std::move(options)),
      loop_(dependencies.loop),
      log_(dependencies.log),
      folder_(dependencies.state_directory + "/msnp"),
      callbacks_(dependencies),
      session_(session_options(options_)),
      lookups_(loop_, options_.look_up),
      worker_(loop_),
      tls_(worker_, options_.ca_file),
      http_(loop_, lookups_, tls_, {options_.timing.http}) {
  // Loads the certificates before the first login. Not before the loop runs: until then the process
  // may fork, or exit after checking the settings.
  callbacks_.post([this] { tls_.context([](const Result<Tls::Context>&) {}); });
}

MsnpNetwork::~MsnpNetwork() {
  for (auto& [id, connection] : connections_) connection->drop();
}

Abilities MsnpNetwork::abilities() const {
  Abilities abilities;
  abilities.offline_messages = false;           // a switchboard needs both users
  abilities.rejects_unknown_addresses = false;  // 217: offline or unknown
  abilities.sends_before_status = false;
  abilities.sent_means_stored = false;
  abilities.flushed_means_kept = false;
  return abilities;
}

void MsnpNetwork::login(Credentials credentials, Done done) {
  auto email = model::parse_email(credentials.email);
  if (!email) {
    callbacks_.finish(callbacks_.token(std::move(done)), fail(std::move(email.error())));
    return;
  }
  email_ = *email;
  offered_ = std::move(credentials.password);
  cancel_ticket();
  login_ = callbacks_.token(std::move(done));
  // Ends the previous session, which writes its file of saved lists.
  session_.login(login_, *email, std::nullopt, callbacks_.now());
  perform();
  if (session_.state() == State::reconnecting) return;  // the same session goes on
  // A digest, so that no address can name a file outside the folder.
  memory_ = Memory::make(folder_ + "/" + md5_hex(*email + " " + session_.self().server) + ".known",
                         worker_, log_, domain);
  saved_lists_read_ = false;
}

void MsnpNetwork::perform() {
  auto actions = session_.take_actions();
  for (auto& action : actions) std::visit([&](auto& each) { perform(each); }, action);
  if (session_.state() == State::offline) {
    password_.wipe();
    cancel_ticket();
  }
  callbacks_.set_timer(session_.deadline(), [this] {
    session_.on_time(callbacks_.now());
    perform();
  });
}

void MsnpNetwork::perform(Connect& connect) {
  const auto id = connect.id;
  if (log_.enabled(LogLevel::trace)) traces_.try_emplace(id, log_, to_text(connect.to));
  // No callback runs after hang_up() or drop(), so they may refer to `this`.
  auto connection = Connection::make(loop_, connection_limits(options_.timing),
                                     {[this, id] {
                                        if (session_.is_notification(id))
                                          server_is_near_ = connections_.at(id)->is_local();
                                        session_.connected(id, callbacks_.now());
                                        perform();
                                      },
                                      [this, id](std::string_view bytes) {
                                        const auto trace = traces_.find(id);
                                        if (trace != traces_.end()) trace->second.received(bytes);
                                        session_.received(id, bytes, callbacks_.now());
                                        perform();
                                      },
                                      [this, id](const std::string& why) {
                                        connections_.erase(id);
                                        traces_.erase(id);
                                        session_.closed(id, why, callbacks_.now());
                                        perform();
                                      }});
  connections_[id] = connection;
  // A remote server must not redirect to a loopback or link-local address, not even by a host name.
  // The configured server may have such an address.
  const bool chosen = session_.is_notification(id) && connect.to == options_.server;
  connection->connect(
      lookups_, connect.to,
      chosen || server_is_near_ ? Connection::Hosts::any : Connection::Hosts::remote);
}

void MsnpNetwork::perform(Send& send) {
  const auto found = connections_.find(send.id);
  if (const auto trace = traces_.find(send.id); trace != traces_.end())
    trace->second.sent(send.bytes);
  if (found != connections_.end()) found->second->send(std::move(send.bytes));
}

void MsnpNetwork::perform(HangUp& hang_up) {
  traces_.erase(hang_up.id);
  auto node = connections_.extract(hang_up.id);
  if (!node.empty()) node.mapped()->hang_up();
}

// The saved lists are needed when the server sends the lists, which is after the ticket: they are
// read first.
void MsnpNetwork::perform(FetchTicket& fetch) {
  cancel_ticket();
  ticket_ = fetch.number;
  if (saved_lists_read_) return fetch_ticket(fetch.challenge);
  memory_->read([this, number = fetch.number,
                 challenge = fetch.challenge](const std::optional<std::string>& text) {
    if (ticket_ != number) return;
    saved_lists_read_ = true;
    session_.restore(text ? std::optional(read_saved_lists(*text)) : std::nullopt);
    fetch_ticket(challenge);
  });
}

void MsnpNetwork::fetch_ticket(const std::string& challenge) {
  ticket_dialogue_.emplace(TicketDialogue::Login{options_.nexus, email_,
                                                 (offered_ ? *offered_ : password_).copy(),
                                                 challenge, options_.insecure_login});
  next_ticket_request();
}

void MsnpNetwork::next_ticket_request() {
  auto request = ticket_dialogue_->request();
  if (!request) {
    auto ticket = *ticket_dialogue_->result();
    ticket_dialogue_.reset();
    session_.ticket(ticket_, std::move(ticket), callbacks_.now());
    perform();
    return;
  }
  if (log_.enabled(LogLevel::trace)) log_.write(LogLevel::trace, domain, trace_of(*request));
  auto url = request->url;
  http_.get(std::move(*request), [this, url = std::move(url)](Result<HttpAnswer> answer) {
    if (answer && log_.enabled(LogLevel::trace))
      log_.write(LogLevel::trace, domain, trace_of(*answer, url));
    if (answer)
      ticket_dialogue_->answer(*answer);
    else
      ticket_dialogue_->failed(std::move(answer.error()));
    next_ticket_request();
  });
}

// Cancels the HTTPS login: no more requests with the password are sent.
void MsnpNetwork::cancel_ticket() {
  http_.cancel();
  ticket_dialogue_.reset();
  ticket_ = 0;
}

void MsnpNetwork::perform(Remember& remember) {
  if (memory_) memory_->keep(std::move(remember.text));
}

void MsnpNetwork::perform(Emit& emit) {
  Batch batch{std::move(emit.events)};
  if (emit.remember && memory_) batch.stored = memory_->keep_when_stored(std::move(*emit.remember));
  callbacks_.emit(std::move(batch));
}

void MsnpNetwork::perform(Report& report) {
  callbacks_.report(report.state);
}

void MsnpNetwork::perform(Finish& finish) {
  if (finish.token == login_) {
    if (finish.result) password_ = std::move(*offered_);
    offered_.reset();
    login_ = 0;
  }
  callbacks_.finish(finish.token, std::move(finish.result));
}

void MsnpNetwork::perform(Note& note) {
  log_.info(domain, visible(email_) + ": " + note.text);
}

}  // namespace msn::network::msnp
