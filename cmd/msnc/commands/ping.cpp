// SPDX-License-Identifier: MIT
#include "cmd/msnc/context.hpp"

#include <array>
#include <chrono>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 1> forms{""};
constexpr std::array<std::string_view, 1> examples{
    "msnc ping -q || systemctl --user restart msncd"};

Result<void> run(Context& context) {
  auto begin = std::chrono::steady_clock::now();
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  // Over UDP and FIFOs, connect() has sent HELLO already, and that is the exchange that counts.
  if (!(*connection)->peer().asked) {
    begin = std::chrono::steady_clock::now();
    if (auto greeted = (*connection)->hello(); !greeted) return fail(std::move(greeted.error()));
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  const client::Peer& peer = (*connection)->peer();
  Pong pong{std::nullopt, peer.features, took.count()};
  if (!peer.legacy) pong.version = peer.version;
  context.show(pong);
  return {};
}

}  // namespace

extern const Command ping_command;
constinit const Command ping_command{.name = "ping",
                                     .alias = "",
                                     .group = Group::other,
                                     .summary = "check that the daemon is running",
                                     .request = "HELLO",
                                     .forms = forms,
                                     .examples = examples,
                                     .options = {},
                                     .arguments = {},
                                     .run = run};

}  // namespace msn::msnc
