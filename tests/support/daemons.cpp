// SPDX-License-Identifier: MIT
#include "tests/support/daemons.hpp"

#include <algorithm>
#include <stdexcept>

namespace msn::test {

FakeDaemon::FakeDaemon(FakeLoop& on, FakeClock& at, store::Retention retention)
    : loop(on), clock(at) {
  settings.account = "default";
  settings.network = "local";  // the fake takes its place
  settings.version = "1.0.0";
  settings.log_directory = directory.path();
  settings.durability = store::Durability::normal;
  settings.retention = retention;
  restart();
}

void FakeDaemon::restart() {
  daemon.reset();
  auto made = daemon::Daemon::create(
      settings,
      [this](network::Listener& listener) -> Result<std::unique_ptr<network::Network>> {
        auto fake = std::make_unique<FakeNetwork>(loop, listener);
        network = fake.get();
        return fake;
      },
      loop, clock, log);
  if (!made) throw std::runtime_error(made.error().message);
  daemon = std::move(*made);
  daemon->on_status([this](std::string line) { status = std::move(line); });
}

void pass(FakeLoop& loop, FakeClock& clock, const std::function<void()>& wake, Milliseconds time) {
  const auto end = clock.steady() + time;
  loop.run();
  while (loop.wake() && *loop.wake() <= end) {
    const auto step = std::max(*loop.wake() - clock.steady(), std::chrono::nanoseconds(0));
    clock.advance(std::chrono::ceil<Milliseconds>(step));
    loop.woken();
    wake();
    loop.run();
  }
  clock.advance(
      std::chrono::ceil<Milliseconds>(std::max(end - clock.steady(), std::chrono::nanoseconds(0))));
}

FakeDaemon& FakeBackend::daemon(std::string_view name) {
  std::string key(name.substr(0, name.find('.')));
  if (key.empty()) key = first_.empty() ? "alice" : first_;
  if (first_.empty()) first_ = key;
  auto& found = daemons_[key];
  if (!found) found = std::make_unique<FakeDaemon>(loop_, clock_, retention_);
  return *found;
}

FakeClient& FakeBackend::client(const std::string& name) {
  auto& found = clients_[name];
  if (!found) {
    // "alice.fifo" speaks on named pipes.
    const auto binding =
        name.ends_with(".fifo") ? FakeClient::Binding::fifo : FakeClient::Binding::stream;
    found = std::make_unique<FakeClient>(*daemon(name).daemon, loop_, binding);
  }
  return *found;
}

void FakeBackend::say(const std::string& name, std::string_view bytes) {
  client(name).say(bytes);
  loop_.run();
}

std::optional<std::string> FakeBackend::hear(const std::string& name) {
  std::string& heard = client(name).heard;
  if (heard.empty()) return std::nullopt;
  const std::size_t end = std::min(heard.find('\n'), heard.size() - 1) + 1;
  std::string line = heard.substr(0, end);
  heard.erase(0, end);
  return line;
}

void FakeBackend::end(const std::string& name) {
  clients_.erase(name);
  loop_.run();
}

bool FakeBackend::pass(std::chrono::milliseconds time) {
  test::pass(
      loop_, clock_,
      [this] {
        for (auto& [name, each] : daemons_) each->daemon->on_time();
      },
      time);
  return true;
}

bool FakeBackend::tell_network(const std::string& name, std::string_view line) {
  const bool understood = daemon(name).network->command(line);
  loop_.run();
  return understood;
}

std::optional<std::string> FakeBackend::network_asked(const std::string& name,
                                                      const std::string& /*expected*/) {
  auto& asked = daemon(name).network->asked;
  if (asked.empty()) return std::nullopt;
  std::string first = asked.front();
  asked.erase(asked.begin());
  return first;
}

}  // namespace msn::test
