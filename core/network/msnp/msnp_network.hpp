// SPDX-License-Identifier: MIT
// The MSN network: performs what the session asks for, on the loop: TCP, HTTPS on a worker, one
// timer, a small file.
#pragma once
#include "core/network/msnp/connection.hpp"
#include "core/network/msnp/https.hpp"
#include "core/network/msnp/memory.hpp"
#include "core/network/msnp/session.hpp"
#include "core/network/msnp/trace.hpp"
#include "core/network/network.hpp"

#include <asio/steady_timer.hpp>

#include <cstddef>
#include <deque>
#include <functional>
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
  Lookups::Ask look_up;  // nothing: the system's
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
  SteadyTime now() const { return clock_.steady(); }
  Token token(Done done);
  void perform();  // whatever the session wants by now
  void perform(Connect&);
  void perform(Send&);
  void perform(HangUp&);
  void perform(FetchTicket&);
  void perform(Remember&);
  void perform(Note&);
  // To others: later, in order.
  void perform(Emit&);
  void perform(Report&);
  void perform(Finish&);
  void tell(std::function<void()> call);
  void deliver();
  void arm();

  Options options_;
  asio::io_context& loop_;
  Listener& listener_;
  Clock& clock_;
  Log& log_;
  std::string state_directory_;

  Session session_;
  std::map<ConnectionId, std::shared_ptr<Connection>> connections_;
  std::map<ConnectionId, Trace> traces_;  // of connections that began while the log had trace
  Lookups lookups_;
  TicketFetcher tickets_;
  asio::steady_timer timer_;
  std::map<Token, Done> waiting_;
  Token last_token_ = 0;
  std::deque<std::function<void()>> calls_;
  bool delivering_ = false;
  Credentials credentials_;  // as long as the session lasts: coming back needs them
  // The account's; what is written rests on events that are stored, and nothing older comes after.
  struct Memory {
    MemoryFile file;
    std::size_t unstored = 0;          // texts that wait for their events
    std::optional<std::string> later;  // to be written behind these
  };
  void remember(const Memory&, const std::string& text);
  std::shared_ptr<Memory> memory_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace msn::network::msnp
