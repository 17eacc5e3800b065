// SPDX-License-Identifier: MIT
#include "tests/network/msnp/robustness.hpp"

#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/network/msnp/passport.hpp"
#include "core/network/msnp/session.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

namespace msn::test {
namespace {

using namespace network::msnp;

void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

void must_be_safe(const std::string& field) {
  must(is_utf8(field), "a field is UTF-8");
  must(without_controls(field) == field, "a field has no controls");
}

void must_be_email(const std::string& email) {
  const auto parsed = model::parse_email(email);
  must(parsed && *parsed == email, "an address is valid");
}

void check(const model::Event& event) {
  if (const auto* message = std::get_if<model::Message>(&event)) {
    must_be_email(message->email);
    must(is_utf8(message->text), "a text is UTF-8");
    must(message->text.find('\r') == std::string::npos, "a text has no CR");
    must(message->text.find('\0') == std::string::npos, "a text has no NUL");
    must(message->text.size() <= 2 * limits::payload, "a text is limited");
    must(message->headers.size() <= limits::message_headers + 1, "headers are limited");
    for (const auto& [name, value] : message->headers) {
      must_be_safe(name);
      must_be_safe(value);
      must(!name.empty() && name.find(':') == std::string::npos, "a header has a name");
    }
  } else {
    const auto email = model::event_email(event);
    if (!email.empty()) must_be_email(email);
  }
  if (const auto* error = std::get_if<model::ErrorEvent>(&event)) {
    must_be_safe(error->text);
    must(!error->code.empty() && error->code.find(' ') == std::string::npos, "a code is a word");
  }
  if (const auto* failed = std::get_if<model::Failed>(&event)) must_be_safe(failed->reason);
}

// A session with a server that sends given bytes.
class Desk {
 public:
  Desk() : session_({{"msn.example", 1863}, {}, [] { return 0.5; }}) {}

  void login(bool canned) {
    session_.login(token(), "alice@example.com", {}, now_);
    perform();
    if (!canned) return;
    hear(ns_, "VER 1 MSNP11\r\n");
    hear(ns_, "CVR 2 1 1 1 x x\r\n");
    hear(ns_, "USR 3 TWN S abc\r\n");
    hear(ns_, "USR 4 OK alice@example.com 1 0\r\n");
    hear(ns_,
         "SYN 5 a b 2 0\r\nGTC A\r\nBLP AL\r\n"
         "LST N=bob@example.com F=Bob C=94da7824-b64e-44ad-b267-38374a9d21af 11 \r\n"
         "LST N=carol@example.com F=Carol 16 \r\n");
    must(session_.state() == network::State::online, "the canned login works");
  }
  void do_everything() {
    session_.set_status(token(), model::Status::online, now_);
    session_.set_nick(token(), "A", now_);
    session_.set_privacy(token(), {false, false}, now_);
    session_.add(token(), "carol@example.com", "Carol C", now_);
    session_.rename(token(), "bob@example.com", "B", now_);
    session_.block(token(), "bob@example.com", now_);
    session_.unblock(token(), "bob@example.com", now_);
    session_.typing(token(), "bob@example.com", now_);
    for (const char* id : {"", "x"})
      session_.send(token(), {"bob@example.com", {"hello", std::string(1490, 'y')}, id}, now_);
    perform();
  }
  void hear(ConnectionId id, std::string_view bytes) {
    session_.received(id, bytes, now_);
    perform();
  }
  void hear_in_pieces(ConnectionId id, std::string_view bytes, std::size_t size) {
    for (std::size_t at = 0; at < bytes.size(); at += size) hear(id, bytes.substr(at, size));
  }
  ConnectionId ns() const { return ns_; }
  ConnectionId newest() const { return newest_; }
  // Lets all deadlines pass, then closes all connections.
  void end() {
    for (int i = 0; i < 50; ++i) {
      const auto at = session_.deadline();
      if (!at) break;
      must(*at > now_ - std::chrono::hours(24), "a deadline is a time");
      now_ = std::max(now_, *at);
      session_.on_time(now_);
      perform();
    }
    for (ConnectionId id = 1; id <= newest_; ++id) {
      session_.closed(id, "gone", now_);
      perform();
    }
    session_.logoff(token(), now_);
    perform();
    must(session_.state() == network::State::offline, "a log-off logs off");
    must(open_tokens_.empty(), "every request is answered");
    must(session_.self().queued == 0, "nothing is queued");
  }

 private:
  Token token() {
    open_tokens_.insert(++token_);
    return token_;
  }
  void perform() {
    for (auto actions = session_.take_actions(); !actions.empty();
         actions = session_.take_actions())
      for (auto& action : actions) perform(action);
    must(session_.roster().size() <= limits::list_entries, "the lists are limited");
    for (const auto& [email, contact] : session_.roster()) {
      must(email == contact.email && contact.lists.any(), "the roster has only users on a list");
      if (session_.roster().size() > 100) break;
      must_be_safe(contact.nick);
      must_be_safe(contact.real_nick);
      must_be_safe(contact.home_phone);
    }
    must_be_safe(session_.self().nick);
  }
  void perform(Action& action) {
    if (auto* connect = std::get_if<Connect>(&action)) {
      must(connect->to.port != 0 && !connect->to.host.empty(),
           "an address to connect to is complete");
      newest_ = connect->id;
      if (ns_ == 0 || session_.state() != network::State::online) ns_ = connect->id;
      if (++connections_ < 50) session_.connected(connect->id, now_);
    } else if (auto* send = std::get_if<Send>(&action)) {
      const auto end = send->bytes.find("\r\n");
      must(end != std::string::npos, "a command ends");
      const auto line = std::string_view(send->bytes).substr(0, end);
      must(line.find('\n') == line.npos && line.find('\r') == line.npos, "a command is one line");
      const auto verb = line.substr(0, 3);
      if (verb != "MSG" && verb != "QRY")
        must(end + 2 == send->bytes.size(), "nothing follows a line");
    } else if (auto* fetch = std::get_if<FetchTicket>(&action)) {
      must_be_safe(fetch->challenge);
      session_.ticket(fetch->number, std::string("t=1&p="), now_);
    } else if (auto* emit = std::get_if<Emit>(&action)) {
      for (const auto& event : emit->events) check(event);
      if (emit->remember)
        must(write_saved_lists(read_saved_lists(*emit->remember)) == *emit->remember,
             "saved lists are read back");
    } else if (auto* finish = std::get_if<Finish>(&action)) {
      must(open_tokens_.erase(finish->token) == 1, "every request is answered once");
    } else if (auto* note = std::get_if<Note>(&action)) {
      must_be_safe(note->text);
    }
  }

  Session session_;
  SteadyTime now_{std::chrono::hours(48)};
  Token token_ = 0;
  std::set<Token> open_tokens_;
  ConnectionId ns_ = 0, newest_ = 0;
  int connections_ = 0;
};

}  // namespace

void try_commands(std::string_view bytes) {
  for (const auto from : {CommandReader::From::server, CommandReader::From::client}) {
    std::string told[2];
    for (const bool whole : {true, false}) {
      CommandReader reader(from);
      const std::size_t step = whole ? std::max<std::size_t>(bytes.size(), 1) : 3;
      bool good = true;
      for (std::size_t at = 0; good && at < bytes.size(); at += step) {
        reader.feed(bytes.substr(at, step));
        for (;;) {
          const auto next = reader.next();
          good = next.has_value();
          if (!good || !*next) break;
          const auto& line = **next;
          must(line.line().find('\n') == line.line().npos, "a line is one");
          must(line.size() <= 24 && line.rest(0).size() <= line.line().size(),
               "words are of the line");
          told[whole].append(line.line()).append("|").append(line.payload()).append("\n");
          (void)read_list_entry(line);
          (void)read_list_change(line);
          (void)read_presence(line);
          (void)read_property(line);
        }
        must(reader.pending() <= limits::line + limits::payload + 2 * step + 16,
             "what waits has an end");
      }
    }
    // In pieces, a line that is too long is noticed earlier.
    must(told[0] == told[1] || bytes.size() > limits::line, "pieces give the same commands");
  }
  const auto word = encode_word(bytes);
  must(decode_word(word) == bytes, "decoding reverses encoding");
  must_be_safe(decode_name(bytes));
  if (const auto at = parse_host_port(bytes, 1863)) must(at->port != 0, "a port is not 0");
}

void try_notification(std::string_view bytes) {
  const std::size_t piece = bytes.empty() ? 1 : 1 + static_cast<unsigned char>(bytes[0]) % 64;
  {
    Desk raw;
    raw.login(false);
    raw.hear_in_pieces(raw.ns(), bytes, piece);
    raw.do_everything();
    raw.end();
  }
  Desk desk;
  desk.login(true);
  desk.do_everything();
  desk.hear_in_pieces(desk.ns(), bytes, piece);
  desk.do_everything();
  desk.end();
}

void try_switchboard(std::string_view bytes) {
  const std::size_t piece = bytes.empty() ? 1 : 1 + static_cast<unsigned char>(bytes[0]) % 64;
  for (const bool we_call : {false, true}) {
    Desk desk;
    desk.login(true);
    if (we_call) {
      desk.do_everything();
      // One of these XFRs requested the switchboard.
      for (int trid = 6; trid < 20; ++trid)
        desk.hear(desk.ns(), "XFR " + std::to_string(trid) + " SB 192.0.2.1:1864 CKI t\r\n");
      desk.hear(desk.newest(), "USR 1 OK alice@example.com A\r\n");
    } else {
      desk.hear(desk.ns(), "RNG 1 192.0.2.1:1864 CKI t bob@example.com Bob\r\n");
      desk.hear(desk.newest(), "IRO 1 1 1 bob@example.com Bob\r\nANS 1 OK\r\n");
      desk.do_everything();
    }
    desk.hear_in_pieces(desk.newest(), bytes, piece);
    desk.do_everything();
    desk.end();
  }
}

void try_mime(std::string_view bytes) {
  const auto mime = parse_mime(bytes);
  must(mime.headers.size() <= limits::message_headers, "headers are limited");
  for (const auto& [name, value] : mime.headers) {
    must_be_safe(name);
    must_be_safe(value);
  }
  must(mime.body.size() <= bytes.size(), "the body is part of the payload");
  const auto text = text_of(mime.body);
  must(is_utf8(text) && text.find('\r') == std::string::npos, "a text is clean");
  ChunkJoiner joiner;
  const SteadyTime now{std::chrono::hours(1)};
  for (int i = 0; i < 3; ++i) {
    if (!ChunkJoiner::is_part(mime)) break;
    if (const auto whole = joiner.add("bob@example.com", mime, now, std::chrono::seconds(60)))
      must(whole->body.size() <= limits::joined_text, "a joined text has an end");
    must(joiner.size() <= limits::open_chunks, "open texts have an end");
  }
  if (is_utf8(bytes)) {
    for (const std::size_t limit : {7u, 1400u}) {
      std::string joined;
      for (const auto& part : split_text(bytes, limit, true)) {
        must(part.size() <= limit && is_utf8(part), "a part is a text");
        joined += part;
      }
      must(joined == bytes, "the parts are the text");
      for (const auto& part : split_text(bytes, limit, false))
        must(part.size() <= limit + 1 && is_utf8(part), "a part is a text");
    }
  }
}

void try_ticket_headers(std::string_view bytes) {
  TicketDialogue dialogue(
      {"https://nexus.example/", "alice@example.com", network::Secret("pass,word"), "ct=1", false});
  network::HttpAnswer answer;
  const auto lines = split(bytes, '\n');
  for (const auto line : lines) {
    const auto request = dialogue.request();
    if (!request) break;
    must(network::parse_url(request->url).has_value(), "there is somewhere to ask");
    if (!request->authorization.text().empty()) {
      must(request->url.size() > 8 && to_lower_ascii(request->url.substr(0, 8)) == "https://",
           "the password goes over https only");
      must_be_safe(request->authorization.text());
    }
    if (line.empty()) {
      dialogue.answer(answer);
      answer = {};
      continue;
    }
    const auto colon = line.find(": ");
    if (colon == line.npos)
      answer.status = static_cast<int>(parse_number(line.substr(0, 3), 3).value_or(200));
    else
      answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  if (const auto& result = dialogue.result()) {
    if (*result)
      must((*result)->find_first_of(" \r\n") == std::string::npos && !(*result)->empty(),
           "a ticket is a word");
    else
      must_be_safe(result->error().message);
  }
  (void)login_url(bytes);
  (void)ticket(bytes);
  must_be_safe(refusal_text(bytes));
  (void)resolve_url(bytes, bytes);
}

}  // namespace msn::test
