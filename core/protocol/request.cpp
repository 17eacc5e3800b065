// SPDX-License-Identifier: MIT
// The requests of protocol 6. Those of protocol 13 are in request_extensions.cpp.
#include "core/protocol/request.hpp"

#include "core/base/text.hpp"
#include "core/model/email.hpp"
#include "core/protocol/fields.hpp"
#include "core/protocol/limits.hpp"
#include "core/protocol/percent.hpp"

#include <cassert>
#include <string.h>

namespace msn::protocol {
namespace {

using fields::refuse;

std::string request_line(std::string_view keyword, std::string_view first) {
  std::string out;
  out.reserve(keyword.size() + first.size() + 2);
  out += keyword;
  out += ' ';
  out += first;
  out += '\n';
  return out;
}

std::string request_line(std::string_view keyword, std::string_view first,
                         std::string_view second) {
  std::string both(first);
  both += ' ';
  both += second;
  return request_line(keyword, both);
}

bool is_line(std::string_view text) {
  constexpr std::string_view never("\r\n\0", 3);
  return text.find_first_of(never) == std::string_view::npos;
}

std::optional<bool> decode_bit(std::string_view word) {
  if (word == "1") return true;
  if (word == "0") return false;
  return std::nullopt;
}

Result<std::string> decode_email(std::string_view word) {
  if (word.empty()) return refuse(ErrorCode::params);
  auto email = model::parse_email(word);
  if (!email) return refuse(ErrorCode::invalid);
  return email;
}

template <class T>
Result<T> decode_credentials(const Request& request) {
  const std::size_t space = request.rest.find(' ');
  if (space == std::string_view::npos) return refuse(ErrorCode::params);
  auto email = decode_email(request.rest.substr(0, space));
  if (!email) return fail(email.error());
  const std::string_view password = request.rest.substr(space + 1);
  if (password.empty()) return refuse(ErrorCode::params);
  if (password.size() > limits::password) return refuse(ErrorCode::invalid);
  // Constructed in the return value: moving a short password would leave a copy in memory.
  Result<T> credentials(T{});
  credentials->email = std::move(*email);
  credentials->password = password;
  return credentials;
}

}  // namespace

Request split_request(std::string_view line) {
  Request request;
  const std::size_t space = line.find(' ');
  request.keyword = line.substr(0, space);
  if (space != std::string_view::npos) {
    request.rest = line.substr(space + 1);
    request.words = Words(request.rest);
  }
  return request;
}

std::string encode_bare(std::string_view keyword) {
  std::string out(keyword);
  out += '\n';
  return out;
}

std::string Login::encode() const {
  assert(fields::is_word(email) && is_line(password) && !password.empty());
  return request_line("LOGIN", email, password);
}

Result<Login> Login::decode(const Request& request) {
  return decode_credentials<Login>(request);
}

std::string Register::encode() const {
  assert(fields::is_word(email) && is_line(password) && !password.empty());
  return request_line("REGISTER", email, password);
}

Result<Register> Register::decode(const Request& request) {
  return decode_credentials<Register>(request);
}

std::string Passwd::encode() const {
  assert(is_line(old_password) && is_line(new_password));
  assert(!old_password.empty() && !new_password.empty());
  return request_line("PASSWD", percent_encode(old_password), percent_encode(new_password));
}

Result<Passwd> Passwd::decode(const Request& request) {
  // Decoded into the return value: moving a short password would leave a copy in memory.
  Result<Passwd> passwords(Passwd{});
  const auto check = [&]() -> Result<void> {
    if (request.words.size() != 2) return refuse(ErrorCode::params);
    percent_decode(request.words[0], passwords->old_password);
    percent_decode(request.words[1], passwords->new_password);
    for (const auto* password : {&passwords->old_password, &passwords->new_password}) {
      if (password->empty()) return refuse(ErrorCode::params);
      if (password->size() > limits::password || !is_line(*password))
        return fail(ErrorCode::invalid, "a password is 1 to 1024 bytes without CR, LF and NUL");
    }
    return {};
  };
  if (const auto good = check(); !good) {
    for (auto* password : {&passwords->old_password, &passwords->new_password})
      explicit_bzero(password->data(), password->size());
    passwords = fail(good.error());
  }
  return passwords;
}

std::string Logoff::encode() const {
  return encode_bare("LOGOFF");
}

std::string SetStatus::encode() const {
  return request_line("STATUS", model::status_name(status));
}

Result<SetStatus> SetStatus::decode(const Request& request) {
  // STATUS without a word is ERR UNK STATUS as well (13.6).
  if (request.words.size() > 1) return refuse(ErrorCode::params);
  const auto status = model::status_from_name(request.rest);
  if (!status) return refuse(ErrorCode::unknown_status);
  return SetStatus{*status};
}

std::string Nick::encode() const {
  assert(!nick.empty());
  return request_line("NICK", percent_encode(nick));
}

Result<Nick> Nick::decode(const Request& request) {
  if (request.words.size() != 1) return refuse(ErrorCode::params);
  auto nick = fields::decode_nick(request.rest);
  if (!nick) return fail(nick.error());
  return Nick{std::move(*nick)};
}

std::string Priv::encode() const {
  return request_line("PRIV", privacy.open ? "1" : "0", privacy.ask ? "1" : "0");
}

Result<Priv> Priv::decode(const Request& request) {
  if (request.words.size() != 2) return refuse(ErrorCode::params);
  const std::string_view first = request.words[0];
  const std::string_view second = request.words[1];
  if (first.empty() || second.empty()) return refuse(ErrorCode::params);
  const auto open = decode_bit(first);
  const auto ask = decode_bit(second);
  if (!open || !ask) return refuse(ErrorCode::invalid);
  return Priv{{*open, *ask}};
}

std::string Add::encode() const {
  assert(fields::is_word(email) && !nick.empty());
  return request_line("ADD", percent_encode(nick), email);
}

Result<Add> Add::decode(const Request& request) {
  if (request.words.size() != 2) return refuse(ErrorCode::params);
  const std::string_view first = request.words[0];
  const std::string_view second = request.words[1];
  if (first.empty() || second.empty()) return refuse(ErrorCode::params);
  auto nick = fields::decode_nick(first);
  if (!nick) return fail(nick.error());
  auto email = decode_email(second);
  if (!email) return fail(email.error());
  return Add{std::move(*nick), std::move(*email)};
}

std::string ContactRequest::encode() const {
  assert(!who.empty());
  return request_line(keyword, fields::encode_who(who));
}

Result<ContactRequest> ContactRequest::decode(const Request& request) {
  if (request.words.size() != 1) return refuse(ErrorCode::params);
  auto contact = fields::decode_who(request.rest);
  if (!contact) return fail(contact.error());
  return ContactRequest{std::string(request.keyword), std::move(contact->who),
                        std::move(contact->nick)};
}

std::string SendMsg::encode() const {
  assert(!lines.empty() && !who.empty());
  std::string out = "SENDMSG " + std::to_string(lines.size()) + ' ' + fields::encode_who(who);
  if (id) out += " ID=" + percent_encode_value(*id);
  if (once) out += " ONCE";
  if (quiet) out += " QUIET";
  if (wait) out += " WAIT=" + std::to_string(wait->count());
  out += '\n';
  for (const std::string& line : lines) {
    assert(is_line(line));
    out += line;
    out += '\n';
  }
  return out;
}

Result<SendMsg> SendMsg::decode(const Request& request) {
  if (request.words.size() < 2) return refuse(ErrorCode::params);
  SendMsg message;
  std::size_t index = 0;
  for (const std::string_view word : request.words) {
    if (word.empty()) return refuse(ErrorCode::params);
    if (index == 0) {
      // RequestReader has already read this number of lines.
      const auto count = parse_number(word, limits::count_digits);
      if (!count || *count == 0 || *count > limits::text_lines) return refuse(ErrorCode::invalid);
    } else if (index == 1) {
      auto contact = fields::decode_who(word);
      if (!contact) return fail(contact.error());
      message.who = std::move(contact->who);
      message.who_nick = std::move(contact->nick);
    } else if (const auto id = fields::option_value(word, "ID")) {
      message.id = percent_decode(*id);
      if (!is_message_id(*message.id))
        return fail(ErrorCode::invalid,
                    "ID is 1 to 64 of letters, digits, dot, underscore, hyphen");
    } else if (word == "ONCE") {
      message.once = true;
    } else if (word == "QUIET") {
      message.quiet = true;
    } else if (const auto wait = fields::option_value(word, "WAIT")) {
      const auto seconds = fields::decode_wait(*wait);
      if (!seconds) return fail(seconds.error());
      message.wait = *seconds;
    }
    ++index;
  }
  if (message.once && !message.id) return fail(ErrorCode::invalid, "ONCE needs an ID");
  if (message.quiet && (!message.id || message.wait))
    return fail(ErrorCode::invalid, "QUIET needs an ID and cannot be combined with WAIT");
  if (request.text_bytes > limits::text) return refuse(ErrorCode::too_long);
  return message;
}

std::string Hello::encode() const {
  if (!sync) return encode_bare("HELLO");
  return request_line("HELLO", "SYNC=" + percent_encode_value(*sync));
}

Result<Hello> Hello::decode(const Request& request) {
  Hello hello;
  for (const std::string_view word : request.words) {
    const auto sync = fields::option_value(word, "SYNC");
    if (!sync) continue;
    hello.sync = percent_decode(*sync);
    // The limit is for the answer, whose encoding may be longer.
    if (percent_encode_value(*hello.sync).size() > limits::sync)
      return fail(ErrorCode::invalid, "SYNC is at most 256 bytes long");
  }
  return hello;
}

}  // namespace msn::protocol
