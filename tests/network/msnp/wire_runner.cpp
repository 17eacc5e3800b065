// SPDX-License-Identifier: MIT
#include "tests/network/msnp/wire_runner.hpp"

#include "core/base/text.hpp"
#include "core/network/msnp/codec.hpp"
#include "tests/network/msnp/msn_bench.hpp"
#include "tests/network/msnp/wire_rows.hpp"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>

namespace msn::test {
namespace {

namespace fs = std::filesystem;
using network::msnp::Command;

using Row = WireRow;

// An event as the pipe would tell it.
std::string told(const model::Event& event) {
  struct Visitor {
    std::string operator()(const model::Message& m) const {
      std::string lines;
      for (const auto& [name, value] : m.headers) lines += name + ": " + value + "\n";
      const auto eoh = m.headers.size() + 1;
      const auto n =
          eoh + 1 + static_cast<std::size_t>(std::count(m.text.begin(), m.text.end(), '\n'));
      return "MSG " + std::to_string(n) + " " + std::to_string(eoh) + " " + m.email + "\n" + lines +
             "\n" + m.text + "\n";
    }
    std::string operator()(const model::StatusChange& e) const {
      return "STCH " + e.email + " " + e.status +
             (e.discarded ? " " + std::to_string(*e.discarded) : "");
    }
    std::string operator()(const model::AddedYou& e) const { return "UADD " + e.email; }
    std::string operator()(const model::RemovedYou& e) const { return "UDEL " + e.email; }
    std::string operator()(const model::ContactAdded& e) const { return "ADDFL " + e.email; }
    std::string operator()(const model::ContactRemoved& e) const { return "DELFL " + e.email; }
    std::string operator()(const model::Flushed& e) const { return "MFLUSH " + e.email; }
    std::string operator()(const model::Typing& e) const { return "TYPING " + e.email; }
    std::string operator()(const model::Closed& e) const {
      return e.email ? "SCLOSE USER " + *e.email + " " + std::to_string(e.lost.value_or(0))
                     : "SCLOSE MAIN";
    }
    std::string operator()(const model::Opened&) const { return "SOPEN MAIN"; }
    std::string operator()(const model::ErrorEvent& e) const {
      return "ERR " + e.code + " " + e.text;
    }
    std::string operator()(const model::Gap&) const { return "GAP"; }
    std::string operator()(const model::Sent& e) const { return "SENT " + e.id + " " + e.email; }
    std::string operator()(const model::Failed& e) const {
      return "FAILED " + e.id + " " + e.email + " " + e.reason;
    }
    std::string operator()(const model::Unknown& e) const { return e.line; }
  };
  return std::visit(Visitor{}, event);
}

std::string state_name(network::State state) {
  switch (state) {
    case network::State::offline:
      return "offline";
    case network::State::connecting:
      return "connecting";
    case network::State::online:
      return "online";
    case network::State::reconnecting:
      return "reconnecting";
  }
  return {};
}

class Player {
 public:
  Player(const std::string& file, std::size_t chop) : chop_(chop) {
    rows_ = wire_rows(file);
    make_certificate(directory_ / "cert.pem", directory_ / "key.pem");
    https_ = std::make_unique<HttpsServer>(loop_, directory_ / "cert.pem", directory_ / "key.pem",
                                           [this](const HttpsRequest& r) { return on_https(r); });
    ns_ = std::make_unique<MsnListener>(loop_, [this](auto link) { arrive("NS", link); });
    sb_ = std::make_unique<MsnListener>(loop_, [this](auto link) { arrive("SB", link); });
  }
  ~Player() {
    peer_.reset();
    for (auto& [name, line] : lines_named_) line->link->close();
    for (auto& [kind, waiting] : arrived_)
      for (auto& line : waiting) line->link->close();
  }

  void play() {
    for (const auto& row : rows_)
      if (row.text.starts_with("HTTP S: ")) replies_.push_back(expand(row.text.substr(8)));
    for (row_ = 0; row_ < rows_.size(); ++row_) {
      try {
        step(rows_[row_]);
      } catch (const std::runtime_error& error) {
        throw std::runtime_error(rows_[row_].where + ": " + rows_[row_].text + "\n" + error.what());
      }
    }
    // Whatever is under way already would still be wrong.
    for (int i = 0; i < 20; ++i) {
      loop_.restart();
      loop_.poll();
    }
    if (peer_ && taken_ < peer_->said.events.size())
      throw std::runtime_error("not foreseen at the end: " + told(peer_->said.events[taken_]));
    for (const auto& [name, line] : lines_named_)
      if (!line->heard.empty())
        throw std::runtime_error("not foreseen on " + name + ": " + line->heard.front());
  }

 private:
  struct Line {
    std::shared_ptr<MsnLink> link;
    std::deque<std::string> heard;
    bool closed = false;
  };

  void arrive(const std::string& kind, std::shared_ptr<MsnLink> link) {
    auto line = std::make_shared<Line>();
    line->link = link;
    link->start(
        [line](MsnLink&, const Command& c) {
          line->heard.push_back(std::string(c.line()) +
                                (c.payload().empty() ? "" : "\n" + std::string(c.payload())));
        },
        [line](MsnLink&) { line->closed = true; });
    arrived_[kind].push_back(line);
  }

  HttpsReply on_https(const HttpsRequest& request) {
    asked_.push_back(request);
    HttpsReply reply{500};
    if (replies_.empty()) return reply;
    // "200 Name: value; Name: value"
    const auto text = replies_.front();
    replies_.pop_front();
    if (text == "silence") {
      reply.silent = true;
      return reply;
    }
    if (text.starts_with("raw ")) {
      reply.raw = unescape(text.substr(4));
      return reply;
    }
    reply.status = std::stoi(text);
    auto rest = text.find(' ') == text.npos ? std::string() : text.substr(text.find(' ') + 1);
    for (std::size_t at = 0; at < rest.size();) {
      const auto end = std::min(rest.find(" ;; ", at), rest.size());
      const auto header = rest.substr(at, end - at);
      const auto colon = header.find(": ");
      reply.headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
      at = end + 4;
    }
    return reply;
  }

  std::string expand(std::string text) const {
    const std::pair<std::string, std::string> names[] = {
        {"$NS", "127.0.0.1:" + std::to_string(ns_->port())},
        {"$SB", "127.0.0.1:" + std::to_string(sb_->port())},
        {"$HTTPS", "https://localhost:" + std::to_string(https_->port())}};
    for (const auto& [name, value] : names)
      for (auto at = text.find(name); at != text.npos; at = text.find(name))
        text.replace(at, name.size(), value);
    return text;
  }

  void wait(const std::function<bool()>& holds, const std::string& what) {
    if (!pump(loop_, holds, std::chrono::seconds(10))) throw std::runtime_error(what);
  }

  Line& line(const std::string& name) {
    const auto found = lines_named_.find(name);
    if (found == lines_named_.end()) throw std::runtime_error("no connection " + name);
    return *found->second;
  }

  void step(const Row& row) {
    const auto words = split(row.text, ' ');
    const std::string first(words.front());
    if (first == "timing") {
      timing(words);
    } else if (first == ">") {
      verb(row, words);
    } else if (first == "=") {
      answer(row.text.substr(2));
    } else if (first == "<") {
      event(row);
    } else if (first == "<state") {
      wait([&] { return peer_->said.states.size() > states_; }, "no change of state");
      same(state_name(peer_->said.states[states_++]), std::string(words.at(1)));
    } else if (first == "roster") {
      roster(words);
    } else if (first == "self") {
      self(words);
    } else if (first == "HTTP") {
      http(row);
    } else if (first == "--") {
      connection(std::string(words.at(1)), std::string(words.at(2)));
    } else if (words.size() > 1 && words[1] == "C:") {
      heard(first, row);
    } else if (words.size() > 1 && words[1] == "S:") {
      say(first, row);
    } else {
      throw std::runtime_error("not a row of a wire script");
    }
  }

  void timing(const std::vector<std::string_view>& words) {
    const std::map<std::string_view, network::msnp::Timing::Ms*> fields{
        {"connect", &timing_.connect},
        {"step", &timing_.step},
        {"login", &timing_.login},
        {"http", &timing_.http},
        {"lists_quiet", &timing_.lists_quiet},
        {"transaction", &timing_.transaction},
        {"patience", &timing_.patience},
        {"ping", &timing_.ping},
        {"ping_answer", &timing_.ping_answer},
        {"backoff_first", &timing_.backoff_first},
        {"backoff_maintenance", &timing_.backoff_maintenance},
        {"settle", &timing_.settle},
        {"message", &timing_.message},
        {"xfr_retry", &timing_.xfr_retry},
        {"idle", &timing_.idle},
        {"typing", &timing_.typing}};
    for (std::size_t i = 1; i < words.size(); ++i) {
      const auto equals = words[i].find('=');
      *fields.at(words[i].substr(0, equals)) =
          std::chrono::milliseconds(std::stoi(std::string(words[i].substr(equals + 1))));
    }
  }

  void make_peer(const std::string& email) {
    peer_ = std::make_unique<Peer>(loop_, email, [&](network::Listener& listener) {
      network::msnp::Options options;
      options.server = {"127.0.0.1", ns_->port()};
      options.nexus = https_->url("/rdr/pprdr.asp");
      options.ca_file = directory_ / "cert.pem";
      options.timing = timing_;
      return std::make_unique<network::msnp::MsnpNetwork>(
          options, network::Surroundings{loop_, listener, clock_, log_, directory_.path()});
    });
  }

  void verb(const Row& row, const std::vector<std::string_view>& words) {
    const auto word = [&](std::size_t i) { return std::string(words.at(i)); };
    const auto rest = [&](std::size_t i) {
      return unescape(
          row.text.substr(static_cast<std::size_t>(words.at(i).data() - row.text.data())));
    };
    const auto verb = word(1);
    if (verb == "login" && !peer_) make_peer(word(2));
    auto& network = *peer_->network;
    auto slot = std::make_shared<std::optional<Result<void>>>();
    answers_.push_back(slot);
    const auto done = [slot](Result<void> result) { *slot = std::move(result); };
    if (verb == "login")
      network.login({word(2), network::Secret(rest(3))}, done);
    else if (verb == "logoff")
      network.logoff(done);
    else if (verb == "status")
      network.set_status(*model::status_from_name(word(2)), done);
    else if (verb == "nick")
      network.set_nick(rest(2), done);
    else if (verb == "priv")
      network.set_privacy({word(2) == "1", word(3) == "1"}, done);
    else if (verb == "add")
      network.add(word(2), rest(3), done);
    else if (verb == "del")
      network.remove(word(2), done);
    else if (verb == "ren")
      network.rename(word(2), rest(3), done);
    else if (verb == "block")
      network.block(word(2), done);
    else if (verb == "unblock")
      network.unblock(word(2), done);
    else if (verb == "type")
      network.typing(word(2), done);
    else if (verb == "send") {
      const bool named = word(3).starts_with("ID=");
      const auto text = row.has_payload ? row.payload : rest(named ? 4 : 3);
      std::vector<std::string> lines;
      for (const auto each : split(text, '\n')) lines.emplace_back(each);
      network.send({word(2), lines, named ? word(3).substr(3) : ""}, done);
    } else
      throw std::runtime_error("no such verb");
  }

  void answer(const std::string& wanted) {
    if (answers_.empty()) throw std::runtime_error("nothing was asked");
    const auto slot = answers_.front();
    answers_.pop_front();
    wait([&] { return slot->has_value(); }, "no answer");
    const auto& result = **slot;
    same(result ? "ok"
                : std::string(error_name(result.error().code)) +
                      (result.error().number ? " " + std::to_string(result.error().number) : "") +
                      (result.error().message.empty() ? "" : " " + result.error().message),
         expand(wanted));
  }

  void event(const Row& row) {
    wait([&] { return peer_->said.events.size() > taken_; }, "no event came");
    auto wanted = row.text.substr(2);
    if (row.has_payload) wanted += "\n" + row.payload;
    same(told(peer_->said.events[taken_++]), wanted);
  }

  void roster(const std::vector<std::string_view>& words) {
    const auto* contact = peer_->contact(std::string(words.at(1)));
    std::string is = "roster " + std::string(words[1]);
    if (contact) {
      const auto& lists = contact->lists;
      is += std::string(" ") + (lists.forward ? "F" : "") + (lists.allow ? "A" : "") +
            (lists.block ? "B" : "") + (lists.reverse ? "R" : "");
      is += " " + std::string(model::status_name(contact->status));
      is += " " + network::msnp::encode_word(contact->nick) + "/" +
            network::msnp::encode_word(contact->real_nick);
      for (const auto* phone : {&contact->home_phone, &contact->work_phone, &contact->mobile_phone})
        is += "/" + network::msnp::encode_word(*phone);
    } else {
      is += " nobody";
    }
    std::string wanted;
    for (const auto word : words) (wanted += wanted.empty() ? "" : " ") += word;
    same(is, wanted);
  }

  void self(const std::vector<std::string_view>& words) {
    const auto& self = peer_->network->self();
    const std::string is = "self " + state_name(peer_->network->state()) + " " +
                           (self.status ? std::string(model::status_name(*self.status)) : "none") +
                           " " + network::msnp::encode_word(self.nick) + " " +
                           (self.privacy.open ? "1" : "0") + (self.privacy.ask ? "1" : "0") + " " +
                           std::to_string(self.queued);
    std::string wanted;
    for (const auto word : words) (wanted += wanted.empty() ? "" : " ") += word;
    same(is, wanted);
  }

  void http(const Row& row) {
    if (row.text.starts_with("HTTP S: ")) return;  // loaded at the start
    wait([&] { return !asked_.empty(); }, "no HTTPS request");
    const auto request = asked_.front();
    asked_.pop_front();
    auto is = "HTTP C: " + request.method + " " + request.target;
    const auto header = request.headers.find("authorization");
    if (header != request.headers.end()) is += " " + header->second;
    same(is, row.text);
  }

  void connection(const std::string& name, const std::string& what) {
    if (what == "connects") {
      auto& waiting = arrived_[name.substr(0, 2)];
      wait([&] { return !waiting.empty(); }, "nobody connects");
      lines_named_[name] = waiting.front();
      waiting.pop_front();
    } else if (what == "closes") {
      line(name).link->close_after_sending();
    } else if (what == "breaks") {
      line(name).link->close();
    } else if (what == "closed") {
      wait([&] { return line(name).closed; }, "it was not closed");
    } else {
      throw std::runtime_error("connects, closes, breaks or closed?");
    }
  }

  void heard(const std::string& name, const Row& row) {
    auto& from = line(name);
    wait([&] { return !from.heard.empty() || from.closed; }, "nothing was said");
    if (from.heard.empty()) throw std::runtime_error("the connection was closed instead");
    const auto is = from.heard.front();
    from.heard.pop_front();
    auto wanted = expand(row.text.substr(name.size() + 4));
    if (row.has_payload) wanted += "\n" + row.payload;
    same(is, wanted);
  }

  // Rows of one connection that follow each other go out together, as servers send them.
  void say(const std::string& name, const Row&) {
    std::string octets;
    const auto prefix = name + " S: ";
    for (;; ++row_) {
      const auto& row = rows_[row_];
      const auto line = expand(row.text.substr(std::min(prefix.size(), row.text.size())));
      if (row.has_payload && !line.ends_with(" " + std::to_string(row.payload.size())))
        throw std::runtime_error("the payload has " + std::to_string(row.payload.size()) +
                                 " octets");
      octets += line + "\r\n" + row.payload;
      if (row_ + 1 == rows_.size() || !rows_[row_ + 1].text.starts_with(prefix)) break;
    }
    line(name).link->send(std::move(octets), chop_);
  }

  static void same(const std::string& is, const std::string& wanted) {
    if (is != wanted) throw std::runtime_error("   is: " + is + "\nnot: " + wanted);
  }

  std::size_t chop_;
  std::vector<Row> rows_;
  std::size_t row_ = 0;
  asio::io_context loop_;
  SystemClock clock_;
  NullLog log_;
  TempDir directory_;
  network::msnp::Timing timing_;
  std::unique_ptr<HttpsServer> https_;
  std::unique_ptr<MsnListener> ns_, sb_;
  std::map<std::string, std::deque<std::shared_ptr<Line>>> arrived_;
  std::map<std::string, std::shared_ptr<Line>> lines_named_;
  std::deque<std::string> replies_;
  std::deque<HttpsRequest> asked_;
  std::deque<std::shared_ptr<std::optional<Result<void>>>> answers_;
  std::unique_ptr<Peer> peer_;
  std::size_t taken_ = 0, states_ = 0;
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
