// SPDX-License-Identifier: MIT
#include "core/daemon/listen/hub.hpp"

#include "core/daemon/listen/client.hpp"
#include "core/daemon/listen/ready_set.hpp"

#include <utility>

namespace msn::daemon::listen {
namespace {

constexpr std::size_t most_kept = 256 * 1024;  // capacity of the output buffer between sends

const char* name_of(Conversation::Binding binding) {
  switch (binding) {
    case Conversation::Binding::stream:
      return "unix";
    case Conversation::Binding::fifo:
      return "fifo";
    case Conversation::Binding::stdio:
      return "stdio";
    case Conversation::Binding::datagram:
      return "udp";
  }
  return "";
}

}  // namespace

Hub::Hub(asio::io_context& loop, Daemon& daemon, const Clock& clock, Log& log, Limits limits,
         Allowed allowed)
    : loop_(loop),
      daemon_(daemon),
      clock_(clock),
      log_(log),
      limits_(limits),
      allowed_(std::move(allowed)),
      in_(in_size),
      timer_(loop) {}

Hub::~Hub() {
  drop_all();
}

void Hub::add(std::shared_ptr<Client> client, std::optional<uid_t> peer) {
  log_opened(*client, client->binding_, peer);
  client->place_ = clients_.size();
  clients_.push_back(std::move(client));
}

void Hub::remove(Client& client) {
  const auto place = client.place_;
  if (place >= clients_.size() || clients_[place].get() != &client) return;
  log_closed(client);
  std::swap(clients_[place], clients_.back());
  clients_[place]->place_ = place;
  // May be the last owner, so it is destroyed after the vector has changed.
  const auto last = std::move(clients_.back());
  clients_.pop_back();
}

void Hub::log_opened(const Connection& client, Conversation::Binding binding,
                     std::optional<uid_t> peer) {
  if (!log_.enabled(LogLevel::debug)) return;
  log_.debug("listen", client.name() + " connected (" + name_of(binding) +
                           (peer ? ", uid " + std::to_string(*peer) : "") + ")");
}

void Hub::log_closed(const Connection& client) {
  if (log_.enabled(LogLevel::debug)) log_.debug("listen", client.name() + " disconnected");
}

void Hub::drop_all() {
  while (!clients_.empty()) clients_.back()->drop();
  watched_.clear();
  watchers_.clear();
  timer_.cancel();
}

Result<ReadySet*> Hub::ready_set() {
  if (!ready_set_) {
    auto made = ReadySet::make(loop_);
    if (!made) return fail(std::move(made.error()));
    ready_set_ = std::move(*made);
  }
  return ready_set_.get();
}

void Hub::watch(std::shared_ptr<Client> client) {
  watched_.push_back(std::move(client));
  tick();
}

void Hub::watch(Watcher watcher) {
  watchers_.push_back(std::move(watcher));
  tick();
}

void Hub::clear_out() {
  if (out_.capacity() > most_kept)
    std::string().swap(out_);
  else
    out_.clear();
}

void Hub::warn(const std::string& text) {
  const auto now = clock_.steady();
  if (text == last_warning_ && now - warned_at_ < std::chrono::seconds(10)) return;
  last_warning_ = text;
  warned_at_ = now;
  log_.warn("listen", text);
}

void Hub::sweep() {
  const auto now = clock_.steady();
  // The lists are moved out first, because dropping a client may add entries.
  for (auto& client : std::exchange(watched_, {}))
    if (client->check_progress(now)) watched_.push_back(client);
  for (auto& watcher : std::exchange(watchers_, {}))
    if (watcher()) watchers_.push_back(std::move(watcher));
}

void Hub::tick() {
  if (ticking_) return;
  ticking_ = true;
  timer_.expires_after(std::chrono::seconds(1));
  timer_.async_wait([this](const asio::error_code& error) {
    if (error) return;  // the hub is being destroyed
    ticking_ = false;
    sweep();
    if (!watched_.empty() || !watchers_.empty()) tick();
  });
}

}  // namespace msn::daemon::listen
