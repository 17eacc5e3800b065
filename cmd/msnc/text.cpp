// SPDX-License-Identifier: MIT
// Output as text. Everything that another user or the daemon has written goes through visible(), in
// a pipe, too.
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

enum class Style { plain, dim, contact, alarm };

std::string_view escape(Style ink) {
  switch (ink) {
    case Style::dim:
      return "\x1b[2m";
    case Style::contact:
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

  // The text of an event does not name the account.
  void set_account(std::string) override {}

  void failure(const Failure& failure) override {
    std::string text = failure.message;
    // The messages say as much as the answers "ERR UNK USER" and "ERR UNK QUEUE".
    if (failure.reply && failure.code != ErrorCode::unknown_contact &&
        failure.code != ErrorCode::unknown_queue)
      text += " (the daemon said: " + *failure.reply + ")";
    tell(Style::alarm, visible(text));
    if (const auto next = advice(failure, options_.program); !next.empty())
      for (const auto line : split(next, '\n')) write_all(err_, "      " + visible(line) + '\n');
  }
  void warning(std::string_view message) override { tell(Style::alarm, visible(message)); }
  void note(std::string_view message) override { tell(Style::dim, visible(message)); }
  void trace(char direction, std::string_view line) override {
    write_all(err_, paint(err_color(), Style::dim, std::string(1, direction)) + ' ' +
                        visible(line) + '\n');
  }

 private:
  // -- terminals and colors ----------------------------------------------------------------------
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
  // "bob@x (Bob)". A nick that only repeats the address is left out.
  std::string contact(std::string_view email, std::string_view nick) {
    std::string text = visible(email);
    if (!nick.empty() && !equal_ignoring_ascii_case(nick, email))
      text += " (" + visible(nick) + ")";
    return paint(out_color(), Style::contact, std::move(text));
  }

  // The other recipients of a message.
  static std::string other_recipients(const model::Message& it) {
    for (const auto& [name, value] : it.headers)
      if (equal_ignoring_ascii_case(name, "Participants"))
        return " (also to " + visible(value) + ")";
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

  // " when adding bob@x", as far as it is known. `who`: the contact as text.
  static std::string occasion(const model::ErrorEvent& it, const std::string& who) {
    struct Doing {
      std::string_view request, words;
    };
    constexpr std::array doings{Doing{"ADD", "adding"},
                                Doing{"ALLOW", "allowing"},
                                Doing{"BLOCK", "blocking"},
                                Doing{"DEL", "removing"},
                                Doing{"DENY", "denying"},
                                Doing{"NICK", "setting your display name"},
                                Doing{"PRIV", "setting who may message you"},
                                Doing{"REN", "renaming"},
                                Doing{"SENDMSG", "sending a message to"},
                                Doing{"STATUS", "setting your status"},
                                Doing{"TYPE", "sending a typing notification to"},
                                Doing{"UNBLOCK", "unblocking"}};
    const auto* doing = std::find_if(doings.begin(), doings.end(),
                                     [&](const Doing& one) { return one.request == it.request; });
    std::string text;
    if (doing != doings.end()) text = " when " + std::string(doing->words);
    if (doing == doings.end() && !it.email.empty()) text = " about";
    return it.email.empty() ? text : text + ' ' + who;
  }

  std::string sentence(const model::StampedEvent& event, std::size_t indent) {
    const std::string who = contact(model::event_email(event.event), event.nick);
    return std::visit(
        Overloaded{
            [&](const model::Message& it) {
              return who + other_recipients(it) + ": " + body(it.text, indent);
            },
            [&](const model::StatusChange& it) {
              std::string text = who + " is " + visible(it.status);
              if (it.discarded.value_or(0) > 0)
                text += " (" + count(*it.discarded, "message") + " to this contact may be lost)";
              return text;
            },
            [&](const model::AddedYou&) { return who + " added you as a contact"; },
            [&](const model::RemovedYou&) { return who + " removed you from their contacts"; },
            [&](const model::ContactAdded&) { return who + " was added to your contacts"; },
            [&](const model::ContactRemoved&) { return who + " was removed from your contacts"; },
            [&](const model::Flushed&) { return "queued messages were sent to " + who; },
            [&](const model::Typing&) { return who + " is typing"; },
            [&](const model::Closed& it) {
              std::string text = it.email ? "the conversation with " + who + " was interrupted"
                                          : std::string("the connection to the network was lost");
              if (it.lost.value_or(0) > 0) text += ", " + count(*it.lost, "message") + " lost";
              return text;
            },
            [&](const model::Opened&) { return std::string("reconnected to the network"); },
            [&](const model::ErrorEvent& it) {
              return "error " + visible(it.code) + occasion(it, who) +
                     (it.text.empty() ? "" : ": " + visible(it.text));
            },
            [&](const model::Gap& it) {
              if (!it.lost) return std::string("an unknown number of events is missing here");
              return count(*it.lost, "event") + (*it.lost == 1 ? " is" : " are") + " missing here";
            },
            [&](const model::Sent&) { return "your message to " + who + " was delivered"; },
            [&](const model::Failed& it) {
              return "your message to " + who + " was not delivered" +
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
                     (it.status ? "; status set to " + *it.status
                                : "; others see you as offline until you run: " + options_.program +
                                      " status online");
            },
            [](const PasswordChanged& it) {
              return "password changed" +
                     (it.also.empty()
                          ? ""
                          : "; update " + it.also + " in the configuration, which has the old one");
            },
            [](const LoggedOff&) { return std::string("logged off"); },
            [](const StatusSet& it) { return "status set to " + it.status; },
            [](const NickSet& it) { return "display name set to " + visible(it.nick); },
            [](const PrivSet& it) {
              return std::string(it.privacy.open ? "anyone" : "only contacts") +
                     " can message you; " +
                     (it.privacy.ask ? "you are asked before a user adds you"
                                     : "anyone can add you");
            },
            [](const ContactDone& it) { return contact_sentence(it); },
            [](const SendDone& it) {
              const std::string email = with_name(it.email, it.name);
              if (it.state == "sent") return "message delivered to " + email;
              if (it.state == "queued") return "message queued until " + email + " can be reached";
              return "message to " + email + " accepted";
            },
            [](const QueueDone& it) {
              if (it.if_missing) return "queue " + visible(it.queue) + " exists";
              return std::string(it.command == "queue new" ? "created" : "removed") + " queue " +
                     visible(it.queue);
            },
            [](const Acknowledged& it) {
              return "marked " + count(it.removed, "event") + " as read in " +
                     (it.queue == "-" ? "the default queue" : "queue " + visible(it.queue));
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
    if (it.command == "ren") return "renamed " + email + " to " + nick;
    if (it.command == "del") return "removed " + email;
    if (it.command == "allow") return "allowed " + email;
    if (it.command == "deny") return "denied " + email;
    if (it.command == "block") return "blocked " + email;
    if (it.command == "unblock") return "unblocked " + email;
    return "sent a typing notification to " + email;
  }

  // A failed message of several: it is printed like any other failure.
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

  // Without the features of the network, which are only in the JSON output.
  void show_state(std::vector<protocol::Attribute> attributes) {
    const auto find = [&](std::string_view name) {
      return std::find_if(attributes.begin(), attributes.end(),
                          [&](const protocol::Attribute& one) { return one.name == name; });
    };
    const auto state = find("state");
    if (state != attributes.end() && state->value == "online" && find("status") == attributes.end())
      attributes.insert(state + 1, {"status", "not set; others see you as offline until you run: " +
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

  // The answer to `raw`, line by line, without control characters.
  void show_lines(std::string_view bytes) {
    if (bytes.ends_with('\n')) bytes.remove_suffix(1);
    for (auto line : split(bytes, '\n')) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      out_.write(visible(line) + '\n');
    }
  }

  // Columns are aligned on a terminal, and separated by TABs elsewhere. The last one is not padded.
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
