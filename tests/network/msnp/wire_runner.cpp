// SPDX-License-Identifier: MIT
#include "tests/network/msnp/wire_runner.hpp"

#include "core/base/text.hpp"
#include "core/network/msnp/msnp_network.hpp"
#include "core/protocol/answer.hpp"
#include "tests/network/msnp/wire_clients.hpp"
#include "tests/network/msnp/wire_rows.hpp"
#include "tests/network/msnp/wire_servers.hpp"
#include "tests/support/network_peer.hpp"
#include "tests/support/socket_daemon.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/transcript.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>

namespace msn::test {
namespace {

namespace fs = std::filesystem;

void same(const std::string& is, const std::string& wanted) {
  if (is != wanted) throw std::runtime_error("   is: " + is + "\nnot: " + wanted);
}

// A plain POLL leaves out this event.
bool needs_extended_poll(const WireRow& row) {
  return row.text.starts_with("< SENT ") || row.text.starts_with("< FAILED ") ||
         row.text.starts_with("< SOPEN ");
}

class Player {
 public:
  Player(const std::string& file, std::size_t chop)
      : rows_(wire_rows(file)),
        servers_(
            loop_, directory_.path(),
            [this](const auto& holds, const auto& missed) { wait(holds, missed); }, chop) {
    network::msnp::Options options;
    options.server = {"127.0.0.1", servers_.port()};
    options.nexus = servers_.nexus();
    options.ca_file = servers_.ca_file();
    for (const auto& row : rows_) {
      if (row.text.starts_with("timing ")) set_timing(options.timing, row.text.substr(7));
      if (row.text.starts_with("HTTP S: ")) servers_.will_reply(row.text.substr(8));
    }
    daemon_.emplace(loop_, directory_.path(), "msnp", [&](const auto& dependencies) {
      return std::make_unique<network::msnp::MsnpNetwork>(options, dependencies);
    });
    const bool plain = chop != 0 && std::none_of(rows_.begin(), rows_.end(), needs_extended_poll);
    clients_.emplace(
        daemon_->path(), [this](const auto& holds) { wait(holds, "nothing arrived"); },
        plain ? WireClients::Poll::plain : WireClients::Poll::waiting);
  }

  void play() {
    for (row_ = 0; row_ < rows_.size(); ++row_) {
      const auto& row = rows_[row_];
      try {
        step(row);
      } catch (const std::runtime_error& error) {
        throw std::runtime_error(row.where + ": " + row.text + "\n" + error.what());
      }
    }
    settle();
    if (const auto left = clients_->left_over())
      throw std::runtime_error("unexpected at the end: " + *left);
    if (const auto left = servers_.left_over())
      throw std::runtime_error("unexpected at the end: " + *left);
  }

 private:
  void wait(const std::function<bool()>& holds, const std::string& missed) {
    if (!pump(loop_, holds, std::chrono::seconds(10))) throw std::runtime_error(missed);
  }

  // Bytes that are on their way are unexpected, too: wait until they have arrived.
  void settle() {
    for (int quiet = 0; quiet < 5;) {
      loop_.restart();
      quiet = loop_.run_one_for(std::chrono::milliseconds(2)) > 0 ? 0 : quiet + 1;
    }
  }

  void step(const WireRow& row) {
    const auto words = split(row.text, ' ');
    const std::string first(words.front());
    if (first == "timing") {
      // handled by the constructor
    } else if (first == ">") {
      clients_->ask(row.rest() + "\n" + row.payload);
    } else if (first == "=") {
      answer(servers_.expand(row.rest()));
    } else if (first == "<") {
      const auto wanted = row.rest() + "\n" + row.payload;
      same(clients_->event(), clients_->plain() ? protocol::in_plain_form(wanted) : wanted);
    } else if (first == "HTTP") {
      if (words.at(1) == "C:") same("HTTP C: " + servers_.next_request(), row.text);
    } else if (first == "--") {
      servers_.connection(std::string(words.at(1)), std::string(words.at(2)));
    } else if (words.size() > 1 && words[1] == "C:") {
      const auto wanted = servers_.expand(row.text.substr(first.size() + 4));
      same(servers_.hear(first), wanted + (row.has_payload ? "\n" + row.payload : ""));
    } else if (words.size() > 1 && words[1] == "S:") {
      say(first);
    } else {
      throw std::runtime_error("not a row of a wire script");
    }
  }

  static void set_timing(network::msnp::Timing& timing, std::string_view fields) {
    const std::map<std::string_view, network::msnp::Timing::Ms*> names{
        {"connect", &timing.connect},
        {"step", &timing.step},
        {"login", &timing.login},
        {"http", &timing.http},
        {"transaction", &timing.transaction},
        {"accept_after", &timing.accept_after},
        {"ping", &timing.ping},
        {"ping_answer", &timing.ping_answer},
        {"backoff_first", &timing.backoff_first},
        {"backoff_maintenance", &timing.backoff_maintenance},
        {"presence_grace", &timing.presence_grace},
        {"presence_grace_after_pong", &timing.presence_grace_after_pong},
        {"message", &timing.message},
        {"xfr_retry", &timing.xfr_retry},
        {"idle", &timing.idle},
        {"goodbye", &timing.goodbye},
        {"typing", &timing.typing}};
    for (const auto field : split(fields, ' ')) {
      const auto equals = field.find('=');
      *names.at(field.substr(0, equals)) =
          std::chrono::milliseconds(std::stoi(std::string(field.substr(equals + 1))));
    }
  }

  void answer(const std::string& wanted) {
    const auto is = clients_->answer_line();
    if (!fits(wanted, is)) same(is, wanted);
  }

  // Consecutive rows of one connection are sent together, as servers do.
  void say(const std::string& name) {
    std::string bytes;
    const auto prefix = name + " S: ";
    for (;; ++row_) {
      const auto& row = rows_[row_];
      const auto line = servers_.expand(row.text.substr(std::min(prefix.size(), row.text.size())));
      if (row.has_payload && !line.ends_with(" " + std::to_string(row.payload.size())))
        throw std::runtime_error("the payload has " + std::to_string(row.payload.size()) +
                                 " bytes");
      bytes += line + "\r\n" + row.payload;
      if (row_ + 1 == rows_.size() || !rows_[row_ + 1].text.starts_with(prefix)) break;
    }
    servers_.say(name, std::move(bytes));
  }

  std::vector<WireRow> rows_;
  std::size_t row_ = 0;
  asio::io_context loop_;
  TempDir directory_;
  WireServers servers_;
  std::optional<SocketDaemon> daemon_;
  std::optional<WireClients> clients_;
};

}  // namespace

void play_wire(const std::string& file, std::size_t chop) {
  Player(file, chop).play();
}

std::vector<std::string> wire_scripts() {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(MSNC_WIRES))
    if (entry.path().extension() == ".wire") found.push_back(entry.path().string());
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace msn::test
