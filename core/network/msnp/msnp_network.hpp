// SPDX-License-Identifier: MIT
// The MSN network: performs the actions of the session on the event loop, with TCP connections,
// HTTPS requests, one timer, and the file of saved lists. Runs on the thread of the loop.
#pragma once
#include "core/network/common/callback_queue.hpp"
#include "core/network/common/connection.hpp"
#include "core/network/common/http_client.hpp"
#include "core/network/common/memory.hpp"
#include "core/network/common/worker.hpp"
#include "core/network/msnp/passport.hpp"
#include "core/network/msnp/session.hpp"
#include "core/network/msnp/trace.hpp"
#include "core/network/network.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace msn::network::msnp {

struct Options {
  HostPort server;
  std::string nexus;    // URL
  std::string ca_file;  // CA certificate trusted in addition to the system's; empty: none
  bool insecure_login = false;
  Timing timing;
  Lookups::System look_up;
};

class MsnpNetwork final : public Network {
 public:
  MsnpNetwork(Options, const Dependencies&);
  ~MsnpNetwork() override;

  Abilities abilities() const override;
  State state() const override { return session_.state(); }
  const Self& self() const override { return session_.self(); }
  const model::Roster& roster() const override { return session_.roster(); }
  void login(Credentials, Done) override;
  void logoff(Done done) override { ask(&Session::logoff, done); }
  void set_status(model::Status status, Done done) override {
    ask(&Session::set_status, done, status);
  }
  void set_nick(std::string nick, Done done) override { ask(&Session::set_nick, done, nick); }
  void set_privacy(model::Privacy privacy, Done done) override {
    ask(&Session::set_privacy, done, privacy);
  }
  void add(std::string email, std::string nick, Done done) override {
    ask(&Session::add, done, email, nick);
  }
  void remove(std::string email, Done done) override { ask(&Session::remove, done, email); }
  void rename(std::string email, std::string nick, Done done) override {
    ask(&Session::rename, done, email, nick);
  }
  void allow(std::string email, Done done) override { ask(&Session::allow, done, email); }
  void deny(std::string email, Done done) override { ask(&Session::deny, done, email); }
  void block(std::string email, Done done) override { ask(&Session::block, done, email); }
  void unblock(std::string email, Done done) override { ask(&Session::unblock, done, email); }
  void send(OutgoingMessage message, Done done) override { ask(&Session::send, done, message); }
  void typing(std::string email, Done done) override { ask(&Session::typing, done, email); }

 private:
  // Starts a request of the session.
  template <class Verb, class... Values>
  void ask(Verb verb, const Done& done, const Values&... values) {
    (session_.*verb)(callbacks_.token(done), values..., callbacks_.now());
    perform();
  }
  void perform();  // all actions of the session
  void perform(Connect&);
  void perform(Send&);
  void perform(HangUp&);
  void perform(FetchTicket&);
  void perform(Emit&);
  void perform(Remember&);
  void perform(Report&);
  void perform(Finish&);
  void perform(Note&);
  void fetch_ticket(const std::string& challenge);
  void next_ticket_request();
  void cancel_ticket();

  const Options options_;
  asio::io_context& loop_;
  Log& log_;
  const std::string folder_;  // of the files of saved lists

  CallbackQueue callbacks_;
  Session session_;
  std::map<ConnectionId, std::shared_ptr<Connection>> connections_;
  bool server_is_near_ = false;  // the notification server has a loopback or link-local address
  std::map<ConnectionId, Trace> traces_;  // of connections opened at log level trace
  Lookups lookups_;
  Worker worker_;
  Tls tls_;
  HttpClient http_;
  std::uint64_t ticket_ = 0;  // FetchTicket::number of the HTTPS login in progress; 0: none
  std::optional<TicketDialogue> ticket_dialogue_;
  std::string email_;               // of the present session, or of the last one
  Secret password_;                 // of the session, for reconnecting
  std::optional<Secret> offered_;   // of the LOGIN in progress; replaces password_ if it succeeds
  Token login_ = 0;                 // of the LOGIN in progress; 0: none
  std::shared_ptr<Memory> memory_;  // of the present session, or of the last one
  bool saved_lists_read_ = false;   // the saved lists were read and passed to the session
};

}  // namespace msn::network::msnp
