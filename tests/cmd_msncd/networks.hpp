// SPDX-License-Identifier: MIT
// Two networks with settings for the tests of the program.
#pragma once
#include "cmd/msncd/settings.hpp"
#include "core/base/ini.hpp"
#include "core/network/network.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace msn::test {

// Accepts every request and records the credentials of each login.
class QuietNetwork final : public network::Network {
 public:
  using Logins = std::vector<std::pair<std::string, std::string>>;
  QuietNetwork(asio::io_context& loop, Logins& logins) : loop_(loop), logins_(logins) {}

  network::Abilities abilities() const override { return {}; }
  network::State state() const override { return state_; }
  const network::Self& self() const override { return self_; }
  const model::Roster& roster() const override { return roster_; }
  void login(network::Credentials credentials, Done done) override {
    logins_.emplace_back(credentials.email, credentials.password.text());
    self_.email = credentials.email;
    state_ = network::State::online;
    answer(std::move(done));
  }
  void logoff(Done done) override {
    state_ = network::State::offline;
    answer(std::move(done));
  }
  void set_status(model::Status, Done done) override { answer(std::move(done)); }
  void set_nick(std::string, Done done) override { answer(std::move(done)); }
  void set_privacy(model::Privacy, Done done) override { answer(std::move(done)); }
  void add(std::string, std::string, Done done) override { answer(std::move(done)); }
  void remove(std::string, Done done) override { answer(std::move(done)); }
  void rename(std::string, std::string, Done done) override { answer(std::move(done)); }
  void allow(std::string, Done done) override { answer(std::move(done)); }
  void deny(std::string, Done done) override { answer(std::move(done)); }
  void block(std::string, Done done) override { answer(std::move(done)); }
  void unblock(std::string, Done done) override { answer(std::move(done)); }
  void send(network::OutgoingMessage, Done done) override { answer(std::move(done)); }
  void typing(std::string, Done done) override { answer(std::move(done)); }

 private:
  void answer(Done done) {
    asio::post(loop_, [call = std::move(done), alive = std::weak_ptr<char>(alive_)] {
      if (!alive.expired()) call({});
    });
  }

  asio::io_context& loop_;
  Logins& logins_;
  network::State state_ = network::State::offline;
  network::Self self_;
  model::Roster roster_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

// The logins of all quiet networks of this process, in order.
inline QuietNetwork::Logins& logins() {
  static QuietNetwork::Logins all;
  return all;
}

inline Result<std::unique_ptr<network::Network>> make_quiet(const network::Settings&,
                                                            const network::Dependencies& in) {
  return std::make_unique<QuietNetwork>(in.loop, logins());
}

inline Result<std::unique_ptr<network::Network>> make_quiet_msnp(const network::Settings& settings,
                                                                 const network::Dependencies& in) {
  bool server = false, plain = false, ca_file = false;
  for (const auto& [name, value] : settings) {
    server |= name == "server";
    plain |= name == "server" && value == "plain";
    ca_file |= name == "ca_file";
  }
  if (!server) return fail(ErrorCode::usage, "server: the network 'msnp' needs one");
  if (plain && ca_file) return fail(ErrorCode::usage, "ca_file: 'plain' has no certificate");
  return make_quiet(settings, in);
}

inline Result<void> accept_all(std::string_view) {
  return {};
}
inline Result<void> accept_yes_or_no(std::string_view value) {
  const auto yes = parse_yes_no(value);
  return yes ? Result<void>{} : fail(yes.error());
}

inline msncd::Networks networks() {
  using Setting = network::Driver::Setting;
  static constexpr std::array local_settings{
      Setting{"db", "--local-db", "FILE", "the database", accept_all, Setting::Value::path},
      Setting{"register", "", "yes|no", "create accounts for unknown addresses", accept_yes_or_no}};
  static constexpr std::array msnp_settings{
      Setting{"server", "--server", "HOST[:PORT]", "the server", accept_all},
      Setting{"ca_file", "--ca-file", "FILE", "a private certificate authority", accept_all,
              Setting::Value::path}};
  static const network::Driver local{"local", "this machine", local_settings, make_quiet};
  static const network::Driver msnp{"msnp", "servers", msnp_settings, make_quiet_msnp};
  static const std::array<const network::Driver*, 2> all{&local, &msnp};
  return all;
}

}  // namespace msn::test
