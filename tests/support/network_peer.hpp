// SPDX-License-Identifier: MIT
// One network and what it reported, driven step by step: every request waits for its Done.
#pragma once
#include "core/network/network.hpp"
#include "tests/support/recording_listener.hpp"

#include <asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace msn::test {

// Runs the loop until the condition holds; false if it does not within a time that no correct run
// needs.
inline bool pump(asio::io_context& loop, const std::function<bool()>& holds,
                 std::chrono::seconds longest = std::chrono::seconds(30)) {
  const auto deadline = std::chrono::steady_clock::now() + longest;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    loop.restart();
    loop.run_one_for(std::chrono::milliseconds(20));
  }
  return true;
}

class Peer {
 public:
  using Make = std::function<std::unique_ptr<network::Network>(network::Listener&)>;
  Peer(asio::io_context& loop, std::string address, const Make& make)
      : email(std::move(address)), loop_(loop), network(make(said)) {}

  const std::string email;

 private:
  asio::io_context& loop_;

 public:
  RecordingListener said;
  std::unique_ptr<network::Network> network;

  Result<void> wait(const std::function<void(network::Network::Done)>& verb) {
    auto result = std::make_shared<std::optional<Result<void>>>();
    verb([result](Result<void> r) { *result = std::move(r); });
    if (!pump(loop_, [&] { return result->has_value(); }))
      return fail(ErrorCode::internal, "Done was not called");
    return **result;
  }

  Result<void> login(const std::string& password = "secret") {
    return wait([&](auto done) { network->login({email, network::Secret(password)}, done); });
  }
  Result<void> logoff() {
    return wait([&](auto done) { network->logoff(done); });
  }
  Result<void> status(model::Status status) {
    return wait([&](auto done) { network->set_status(status, done); });
  }
  Result<void> nick(const std::string& nick) {
    return wait([&](auto done) { network->set_nick(nick, done); });
  }
  Result<void> privacy(bool open, bool ask) {
    return wait([&](auto done) { network->set_privacy({open, ask}, done); });
  }
  Result<void> add(const std::string& who, const std::string& nick = {}) {
    return wait([&](auto done) { network->add(who, nick.empty() ? who : nick, done); });
  }
  Result<void> remove(const std::string& who) {
    return wait([&](auto done) { network->remove(who, done); });
  }
  Result<void> rename(const std::string& who, const std::string& nick) {
    return wait([&](auto done) { network->rename(who, nick, done); });
  }
  Result<void> allow(const std::string& who) {
    return wait([&](auto done) { network->allow(who, done); });
  }
  Result<void> deny(const std::string& who) {
    return wait([&](auto done) { network->deny(who, done); });
  }
  Result<void> block(const std::string& who) {
    return wait([&](auto done) { network->block(who, done); });
  }
  Result<void> unblock(const std::string& who) {
    return wait([&](auto done) { network->unblock(who, done); });
  }
  Result<void> typing(const std::string& who) {
    return wait([&](auto done) { network->typing(who, done); });
  }
  Result<void> send(const std::string& to, const std::string& line, const std::string& id = {}) {
    return wait([&](auto done) { network->send({to, {line}, id}, done); });
  }

  bool until(const std::function<bool()>& holds) { return pump(loop_, holds); }
  // Waits for the event; it stays in the record.
  bool hears(const model::Event& event) {
    return until([&] { return said.has(event); });
  }
  // The same for an error event, whatever it names.
  bool hears_error(const std::string& code, const std::string& text) {
    return until([&] {
      for (const auto& error : said.all<model::ErrorEvent>())
        if (error.code == code && error.text == text) return true;
      return false;
    });
  }
  // The texts of the messages from this address, in order.
  std::vector<std::string> texts(const std::string& from) const {
    std::vector<std::string> found;
    for (const auto& message : said.all<model::Message>())
      if (message.email == from) found.push_back(message.text);
    return found;
  }
  const model::Contact* contact(const std::string& who) const {
    const auto found = network->roster().find(who);
    return found == network->roster().end() ? nullptr : &found->second;
  }
};

inline model::Event status_event(const std::string& email, const std::string& status) {
  model::StatusChange change{email, status, {}};
  if (status == "offline") change.discarded = 0;
  return change;
}

}  // namespace msn::test
