// SPDX-License-Identifier: MIT
// Output for people. What came from somebody else goes through visible(), in a pipe too.
#include "core/base/text.hpp"

#include "cmd/msnc/output.hpp"
#include "cmd/msnc/overloaded.hpp"
#include "core/protocol/answer.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <unistd.h>

namespace msn::msnc {
namespace {

enum class Style { plain, dim, person, alarm };

std::string_view escape(Style ink) {
  switch (ink) {
    case Style::dim:
      return "\x1b[2m";
    case Style::person:
      return "\x1b[1;36m";
    case Style::alarm:
      return "\x1b[1;31m";
    case Style::plain:
      break;
  }
  return {};
}

std::string count(std::uint64_t n, std::string_view noun) {
  return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

using Row = std::vector<std::string>;

std::tm local(Time time) {
  const std::time_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return parts;
}

std::string date_of(const std::tm& t) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", t.tm_year + 1900, t.tm_mon + 1,
                t.tm_mday);
  return text.data();
}

std::string clock_of(const std::tm& t) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d", t.tm_hour, t.tm_min, t.tm_sec);
  return text.data();
}

class TextOutput final : public Output {
 public:
  TextOutput(Writer& out, int err, OutputOptions options)
      : out_(out), err_(err), options_(std::move(options)) {}

  void result(const CommandResult& result) override {
    if (options_.quiet && is_left_out_by_quiet(result)) return;
    if (is_action(result)) {
      if (!out_is_tty()) return;
      out_.write(action(result) + '\n');
      return;
    }
    std::visit(Overloaded{
                   [&](const SendDone& it) { show(it); },
                   [&](const State& it) { show_state(it.attributes); },
                   [&](const Info& it) { show(it.attributes); },
                   [&](const Contacts& it) { show(it); },
                   [&](const Queues& it) { show(it); },
                   [&](const Accounts& it) { show(it); },
                   [&](const Pong& it) { show(it); },
                   [&](const RawReply& it) { show_lines(it.bytes); },
                   [&](const DryRun& it) {
                     for (const auto& line : it.lines) out_.write(visible(line) + '\n');
                   },
                   [](const auto&) {},
               },
               result);
  }

  void event(const model::StampedEvent& it) override {
    std::string when = time_text(it.stamp.time);
    const std::size_t indent = when.size() + 2;
    out_.write(paint(out_color(), Style::dim, when) + "  " + sentence(it, indent) + '\n');
  }

  // Text does not say whose events they are.
  void set_account(std::string) override {}

  void failure(const Failure& failure) override {
    std::string text = failure.message;
    // Of a contact it says no more than the message.
    if (failure.reply && failure.code != ErrorCode::unknown_contact)
      text += " (the daemon said: " + *failure.reply + ")";
    tell(Style::alarm, visible(text));
    if (const auto next = advice(failure, options_.program); !next.empty())
      for (const auto line : split(next, '\n')) write_all(err_, "      " + visible(line) + '\n');
  }
  void warning(std::string_view message) override { tell(Style::alarm, visible(message)); }
  void note(std::string_view message) override { tell(Style::dim, visible(message)); }
  void trace(char direction, std::string_view line) override {
    write_all(err_,
              paint(err_color(), Style::dim, std::string(1, direction)) + ' ' + visible(line) + '\n');
  }

 private:
  // -- what the terminals can do -----------------------------------------------------------------
  bool out_is_tty() {
    if (!options_.out_is_tty) options_.out_is_tty = ::isatty(out_.fd()) == 1;
    return *options_.out_is_tty;
  }
  bool wants_color(std::optional<bool>& tty, int fd) {
    if (options_.color != OutputOptions::Color::automatic)
      return options_.color == OutputOptions::Color::always;
    if (!options_.color_possible) return false;
    if (!tty) tty = ::isatty(fd) == 1;
    return *tty;
  }
  bool out_color() { return wants_color(options_.out_is_tty, out_.fd()); }
  bool err_color() { return wants_color(options_.err_is_tty, err_); }
  static std::string paint(bool color, Style ink, std::string text) {
    if (!color || ink == Style::plain) return text;
    return std::string(escape(ink)) + text + "\x1b[0m";
  }

  void tell(Style ink, std::string text) {
    write_all(err_, paint(err_color(), ink, "msnc:") + ' ' + text + '\n');
  }

  // -- times -------------------------------------------------------------------------------------
  std::string time_text(std::optional<Time> time) {
    if (!out_is_tty()) return time ? protocol::rfc3339(*time) : "-";
    if (!time) return "--:--:--";
    const std::tm parts = local(*time);
    std::string date = date_of(parts);
    if (date_.empty())
      date_ = date_of(local(options_.today ? *options_.today : SystemClock().now()));
    if (date != date_) {
      date_ = std::move(date);
      out_.write(paint(out_color(), Style::dim, "-- " + date_ + " --") + '\n');
    }
    return clock_of(parts);
  }

  // -- events ------------------------------------------------------------------------------------
  // "bob@x (Bob)". A name that only repeats the address is left out.
  std::string person(std::string_view email, std::string_view nick) {
    std::string text = visible(email);
    if (!nick.empty() && !equal_ignoring_ascii_case(nick, email))
      text += " (" + visible(nick) + ")";
    return paint(out_color(), Style::person, std::move(text));
  }

  // Who else reads it.
  static std::string company(const model::Message& it) {
    for (const auto& [name, value] : it.headers)
      if (equal_ignoring_ascii_case(name, "Participants"))
        return " (to " + visible(value) + " too)";
    return {};
  }

  std::string body(std::string_view text, std::size_t indent) {
    std::string shown;
    bool first = true;
    for (const auto line : split(text, '\n')) {
      if (!first) shown += '\n' + std::string(indent, ' ') + "| ";
      shown += visible_text(line);
      first = false;
    }
    return shown;
  }

  // " when adding bob@x", as far as it is known; `who` is the person in words.
  static std::string occasion(const model::ErrorEvent& it, const std::string& who) {
    struct Doing {
      std::string_view request, words;
    };
    constexpr std::array doings{Doing{"ADD", "adding"},
                                Doing{"ALLOW", "allowing"},
                                Doing{"BLOCK", "blocking"},
                                Doing{"DEL", "removing"},
                                Doing{"DENY", "denying"},
                                Doing{"NICK", "setting your name"},
                                Doing{"PRIV", "setting who may write to you"},
                                Doing{"REN", "renaming"},
                                Doing{"SENDMSG", "sending to"},
                                Doing{"STATUS", "setting your status"},
                                Doing{"TYPE", "typing to"},
                                Doing{"UNBLOCK", "unblocking"}};
    const auto* doing = std::find_if(doings.begin(), doings.end(),
                                     [&](const Doing& one) { return one.request == it.request; });
    std::string text;
    if (doing != doings.end()) text = " when " + std::string(doing->words);
    if (doing == doings.end() && !it.email.empty()) text = " about";
    return it.email.empty() ? text : text + ' ' + who;
  }

  std::string sentence(const model::StampedEvent& event, std::size_t indent) {
    const std::string who = person(model::event_email(event.event), event.nick);
    return std::visit(
        Overloaded{
            [&](const model::Message& it) {
              return who + company(it) + ": " + body(it.text, indent);
            },
            [&](const model::StatusChange& it) {
              std::string text = who + " is " + visible(it.status);
              if (it.discarded.value_or(0) > 0)
                text += " (" + count(*it.discarded, "message") + " for them may be lost)";
              return text;
            },
            [&](const model::AddedYou&) { return who + " added you"; },
            [&](const model::RemovedYou&) { return who + " removed you"; },
            [&](const model::ContactAdded&) { return who + " is on your list now"; },
            [&](const model::ContactRemoved&) { return who + " is not on your list any more"; },
            [&](const model::Flushed&) { return who + " gets the messages that were waiting"; },
            [&](const model::Typing&) { return who + " is typing"; },
            [&](const model::Closed& it) {
              std::string text = it.email ? "the conversation with " + who + " broke off"
                                          : std::string("the connection to the network is lost");
              if (it.lost.value_or(0) > 0) text += ", " + count(*it.lost, "message") + " lost";
              return text;
            },
            [&](const model::Opened&) { return std::string("connected to the network again"); },
            [&](const model::ErrorEvent& it) {
              return "error " + visible(it.code) + occasion(it, who) +
                     (it.text.empty() ? "" : ": " + visible(it.text));
            },
            [&](const model::Gap& it) {
              return it.lost ? count(*it.lost, "event") + " missing here"
                             : std::string("an unknown number of events missing here");
            },
            [&](const model::Sent&) { return who + " has got your message"; },
            [&](const model::Failed& it) {
              return who + " has not got your message" +
                     (it.reason.empty() ? "" : ": " + visible(it.reason));
            },
            [&](const model::Said& it) { return "to " + who + ": " + body(it.text, indent); },
            [&](const model::Unknown& it) { return "unknown event: " + visible(it.line); },
        },
        event.event);
  }

  // -- results -----------------------------------------------------------------------------------
  std::string action(const CommandResult& result) {
    return std::visit(
        Overloaded{
            [&](const LoggedIn& it) {
              return "logged in as " + visible(it.email) +
                     (it.status ? ", you are " + *it.status
                                : "; people see you as offline until: " + options_.program +
                                      " status online");
            },
            [](const PasswordChanged& it) {
              return "the password is changed" +
                     (it.also.empty() ? ""
                                      : "; change it in the configuration's " + it.also + ", too");
            },
            [](const LoggedOff&) { return std::string("logged off"); },
            [](const StatusSet& it) { return "you are " + it.status; },
            [](const NickSet& it) { return "you are called " + visible(it.nick); },
            [](const PrivSet& it) {
              return std::string(it.privacy.open ? "anybody" : "only contacts") +
                     " may write to you; adding you " +
                     (it.privacy.ask ? "asks you first" : "needs no question");
            },
            [](const ContactDone& it) { return contact_sentence(it); },
            [](const SendDone& it) {
              const std::string email = with_name(it.email, it.name);
              if (it.state == "sent") return "sent to " + email;
              if (it.state == "queued") return "waiting for " + email;
              return "accepted for " + email;
            },
            [](const QueueDone& it) {
              if (it.if_missing) return "there is a queue " + visible(it.queue);
              return std::string(it.command == "queue new" ? "made" : "removed") + " the queue " +
                     visible(it.queue);
            },
            [](const Acknowledged& it) {
              return "removed " + count(it.removed, "event") + " from the queue " +
                     visible(it.queue);
            },
            [](const auto&) { return std::string(); },
        },
        result);
  }

  // "bob@x (Bob)"
  static std::string with_name(const std::string& email, const std::optional<std::string>& name) {
    return visible(email) + (name ? " (" + visible(*name) + ")" : "");
  }

  static std::string contact_sentence(const ContactDone& it) {
    const std::string email = with_name(it.email, it.name);
    const std::string nick = visible(it.nick.value_or(""));
    if (it.command == "add") return "added " + email + (nick == email ? "" : " as " + nick);
    if (it.command == "ren") return email + " is called " + nick + " now";
    if (it.command == "del") return "removed " + email;
    if (it.command == "allow") return "allowed " + email;
    if (it.command == "deny") return "denied " + email;
    if (it.command == "block") return "blocked " + email;
    if (it.command == "unblock") return "unblocked " + email;
    return email + " sees that you are typing";
  }

  // One of several recipients: the failure goes where all failures go.
  void show(const SendDone& it) {
    Failure one = *it.failure;
    one.message = it.email + ": " + one.message;
    failure(one);
  }

  void show(const std::vector<protocol::Attribute>& attributes) {
    std::vector<Row> rows;
    for (const auto& [name, value] : attributes)
      if (!value.empty())
        rows.push_back({visible(info_key(name)),
                        is_flag(name) ? (value == "1" ? "yes" : "no") : visible(value)});
    table(rows);
  }

  // What the network can do is for programs.
  void show_state(std::vector<protocol::Attribute> attributes) {
    const auto find = [&](std::string_view name) {
      return std::find_if(attributes.begin(), attributes.end(),
                          [&](const protocol::Attribute& one) { return one.name == name; });
    };
    const auto state = find("state");
    if (state != attributes.end() && state->value == "online" && find("status") == attributes.end())
      attributes.insert(state + 1, {"status", "not set: others see you offline; to be seen: " +
                                                  options_.program + " status online"});
    std::erase_if(attributes, [](const protocol::Attribute& one) {
      return one.name == "text_limit" || one.name == "invisible" ||
             one.name == "offline_messages" || one.name == "consent";
    });
    show(attributes);
  }

  void show(const Contacts& it) {
    std::vector<Row> rows;
    for (const auto& entry : it.entries) {
      rows.push_back({visible(entry.status), visible(entry.email), visible(entry.nick)});
      if (entry.asks) rows.back().emplace_back("asks");
    }
    table(rows);
  }

  void show(const Accounts& it) {
    std::vector<Row> rows;
    for (const auto& one : it.entries)
      rows.push_back({visible(one.account), one.email.empty() ? "-" : visible(one.email),
                      visible(one.state) + (one.status.empty() ? "" : ", " + visible(one.status)),
                      visible(one.socket)});
    table(rows);
  }

  void show(const Pong& it) {
    std::array<char, 64> ms{};
    std::snprintf(ms.data(), ms.size(), "%.1f ms", it.milliseconds);
    out_.write((it.version ? "msncd/" + visible(*it.version) : std::string("an original msncd")) +
               " answered in " + ms.data() + '\n');
    std::string features;
    for (const auto& feature : it.features) features += ' ' + visible(feature);
    if (!features.empty()) out_.write("features:" + features + '\n');
  }

  void show(const Queues& it) {
    std::vector<Row> rows;
    for (const auto& line : it.lines)
      rows.push_back({visible(line.name), std::to_string(line.pending), visible(line.cursor)});
    table(rows);
  }

  // `raw`: as it came, line by line, but nobody drives a terminal.
  void show_lines(std::string_view bytes) {
    if (bytes.ends_with('\n')) bytes.remove_suffix(1);
    for (auto line : split(bytes, '\n')) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      out_.write(visible(line) + '\n');
    }
  }

  // Aligned on a terminal, TABs in a pipe; the last column is free.
  void table(const std::vector<Row>& rows) {
    const bool aligned = out_is_tty();
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
      widths.resize(std::max(widths.size(), row.size()));
      for (std::size_t i = 0; i < row.size(); ++i)
        widths[i] = std::max(widths[i], display_width(row[i]));
    }
    for (const auto& row : rows) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        line += row[i];
        if (i + 1 == row.size()) break;
        line += aligned ? std::string(widths[i] - display_width(row[i]) + 2, ' ') : "\t";
      }
      out_.write(line + '\n');
    }
  }

  Writer& out_;
  int err_;
  OutputOptions options_;
  std::string date_;
};

}  // namespace

std::unique_ptr<Output> make_text_output(Writer& out, int err, OutputOptions options) {
  return std::make_unique<TextOutput>(out, err, std::move(options));
}

}  // namespace msn::msnc
