// SPDX-License-Identifier: MIT
// The verbs as chains of steps.
#include "core/network/msnp/notification.hpp"

#include <utility>

namespace msn::network::msnp {

void Notification::set_status(Token token, model::Status status, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  operation.status = status;
  operation.steps = {{Kind::status, {}, true}};
  start(std::move(operation));
}

void Notification::set_nick(Token token, std::string name, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  operation.name = std::move(name);
  operation.steps = {{Kind::nick, {}, true}};
  start(std::move(operation));
}

void Notification::set_privacy(Token token, model::Privacy privacy, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  operation.privacy = privacy;
  operation.steps = {{Kind::mode_open, {}, true}, {Kind::mode_ask, {}, true}};
  start(std::move(operation));
}

void Notification::add(Token token, std::string email, std::string name, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  book_.set_given_name(email, name);
  owner_.ns_remember();
  operation.email = std::move(email);
  operation.name = std::move(name);
  operation.steps = {{Kind::add, List::forward, true},
                     {Kind::add, List::allow, false},
                     {Kind::add, List::reverse, false},
                     {Kind::remove, List::pending, false, true}};
  start(std::move(operation));
}

void Notification::remove(Token token, std::string email, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  operation.email = std::move(email);
  operation.steps = {{Kind::remove, List::forward, true}, {Kind::remove, List::allow, false}};
  start(std::move(operation));
}

void Notification::rename(Token token, std::string email, std::string name, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  // Ours to know whatever the server makes of it: some take it and store nothing.
  book_.set_given_name(email, name);
  owner_.ns_remember();
  operation.steps = {{Kind::rename, {}, false}};
  operation.email = std::move(email);
  operation.name = std::move(name);
  start(std::move(operation));
}

void Notification::block(Token token, std::string email, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  operation.email = std::move(email);
  operation.steps = {{Kind::remove, List::allow, false},
                     {Kind::add, List::block, true},
                     {Kind::add, List::reverse, false},
                     {Kind::remove, List::pending, false, true}};
  start(std::move(operation));
}

void Notification::unblock(Token token, std::string email, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.token = token;
  operation.steps = {{Kind::remove, List::block, true}, {Kind::add, List::allow, false, true}};
  operation.email = std::move(email);
  start(std::move(operation));
}

void Notification::ask_switchboard(std::string email, SteadyTime now) {
  now_ = now;
  Operation operation;
  operation.email = std::move(email);
  operation.steps = {{Kind::switchboard, {}, false}};
  start(std::move(operation));
}

}  // namespace msn::network::msnp
