// SPDX-License-Identifier: MIT
// The MSN network: performs what the session asks for, on the loop: TCP, HTTPS, one timer, a small
// file.
#pragma once
#include "core/network/common/connection.hpp"
#include "core/network/common/memory.hpp"
#include "core/network/common/stage.hpp"
#include "core/network/common/worker.hpp"
#include "core/network/msnp/session.hpp"
#include "core/network/msnp/tickets.hpp"
#include "core/network/msnp/trace.hpp"
#include "core/network/network.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace msn::network::msnp {

struct Options {
  HostPort server;
  std::string nexus;    // a whole address
  std::string ca_file;  // trusted besides the system's; empty: none
  bool insecure_login = false;
  Timing timing;
  Lookups::System look_up;
};

class MsnpNetwork final : public Network {
 public:
  MsnpNetwork(Options, const Surroundings&);
  ~MsnpNetwork() override;

  Abilities abilities() const override;
  State state() const override { return session_.state(); }
  const Self& self() const override { return session_.self(); }
  const model::Roster& roster() const override { return session_.roster(); }
  void login(Credentials, Done) override;
  void logoff(Done) override;
  void set_status(model::Status, Done) override;
  void set_nick(std::string nick, Done) override;
  void set_privacy(model::Privacy, Done) override;
  void add(std::string email, std::string nick, Done) override;
  void remove(std::string email, Done) override;
  void rename(std::string email, std::string nick, Done) override;
  void allow(std::string email, Done) override;
  void deny(std::string email, Done) override;
  void block(std::string email, Done) override;
  void unblock(std::string email, Done) override;
  void send(OutgoingMessage, Done) override;
  void typing(std::string email, Done) override;

 private:
  // Begins a verb of the session.
  template <class Verb, class... Values>
  void ask(Verb verb, Done done, Values&&... values) {
    (session_.*verb)(stage_.token(std::move(done)), std::forward<Values>(values)..., stage_.now());
    perform();
  }
  void perform();  // whatever the session wants by now
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

  const Options options_;
  asio::io_context& loop_;
  Log& log_;
  const std::string folder_;  // of the small files

  Stage stage_;
  Session session_;
  std::map<ConnectionId, std::shared_ptr<Connection>> connections_;
  std::map<ConnectionId, Trace> traces_;  // of connections that began while the log had trace
  Lookups lookups_;
  Worker worker_;
  Tls tls_;
  TicketFetcher tickets_;
  std::uint64_t ticket_ = 0;        // FetchTicket::number of the one that is wanted; 0: none
  std::string email_;               // of the present session, or of the last one
  Secret password_;                 // as long as the session lasts: coming back needs it
  std::optional<Secret> offered_;   // of a LOGIN in progress; until the server has taken it the
  Token login_ = 0;                 // former one is kept
  std::shared_ptr<Memory> memory_;  // of the present session, or of the last one
  bool recalled_ = false;           // the session has got what is in it
};

}  // namespace msn::network::msnp
