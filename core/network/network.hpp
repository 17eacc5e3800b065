// SPDX-License-Identifier: MIT
// A messaging network, as the daemon sees it: verbs go down (Network), events come up (Listener).
//
// Everything happens on the daemon's one loop thread; a network that needs to wait (disk, HTTPS,
// name lookup) does so elsewhere and posts back. Every Done is called exactly once, never from
// inside the verb that took it, and not any more once the Network is destroyed.
#pragma once
#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/base/result.hpp"
#include "core/model/contact.hpp"
#include "core/model/event.hpp"
#include "core/model/status.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asio {
class io_context;
}

namespace msn::network {

// A password in memory that is wiped when it goes (msncd(8)). A string that is moved in is wiped as
// well: a short text lies in the string itself and would stay behind.
class Secret {
 public:
  Secret() = default;
  explicit Secret(const std::string& text) : text_(text) {}
  explicit Secret(std::string&& text);
  Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      text_ = other.text_;
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }
  const std::string& text() const { return text_; }
  Secret copy() const { return Secret(text_); }
  void wipe();

 private:
  std::string text_;
};

struct Credentials {
  std::string email;  // lower case
  Secret password;
};

struct OutgoingMessage {
  std::string to;                  // an address
  std::vector<std::string> lines;  // UTF-8, at least one
  std::string id;  // empty: nobody asks what becomes of it; else one Sent or Failed follows
};

enum class State { offline, connecting, online, reconnecting };

// Ourselves, as STATE tells it.
struct Self {
  std::string email;
  std::string nick;                     // empty: the network has none
  std::optional<model::Status> status;  // nothing before the first STATUS of a session
  model::Privacy privacy;
  std::string server;        // known before a login, too; empty: the network has none
  std::uint64_t queued = 0;  // our messages not yet handed over
};

// What a network can do and how, where networks differ: for HELLO and STATE (msncd-protocol(7)),
// for msnc, and for the contract test, which asks what is promised here and nothing else.
struct Abilities {
  // Bytes of UTF-8 of one text, its lines joined by CR LF. A network that sends less at a time
  // splits the text by itself.
  std::size_t text_limit = 60'000;
  // People see each other's status only if the other has agreed.
  bool consent = false;
  // STATUS invisible hides us, and we go on seeing the others.
  bool invisible = true;
  // A text to a person who is offline waits for them; else it fails.
  bool offline_messages = true;
  // A text or an ADD to an address that does not exist fails at once (unknown_contact).
  bool knows_all_accounts = true;
  // A text to a person who does not allow us fails; else this is not reported.
  bool tells_of_blocks = true;
  // Texts may be sent before the first STATUS of a session, and while our status is offline.
  bool sends_unseen = true;
  bool sends_offline = false;
  // Sent means that the other side has stored the text; else that the server has taken it.
  bool sent_means_stored = true;
  // Flushed reports texts that waited for a person who was offline, and no others.
  bool flushes_only_the_kept = true;
  // create_account() makes accounts, change_password() changes their passwords.
  bool registers = false;
  bool changes_password = false;
};

struct Batch {
  std::vector<model::Event> events;  // in order
  // A short opaque word that a listener with a lasting log keeps in the same step as the events,
  // one per account, and gives back at the next login: a crash between that step and the effect of
  // `stored` would otherwise bring the events again. Empty: the network cannot repeat them.
  std::string mark{};
  // Called when the events can no longer be lost; only then may the network forget them, or
  // acknowledge them to a server. Not called if they could not be stored.
  std::function<void()> stored = [] {};
};

// The event before Closed where another login of the account has ended the session.
inline model::ErrorEvent logged_in_elsewhere() {
  return {"SERV_DISC", "this account logged in elsewhere; msncd does not reconnect"};
}

class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_batch(Batch) = 0;
  // The last mark kept for this account, asked right after a login's Done; empty: none.
  virtual std::string mark(std::string_view email) = 0;
  // The session's state changed by itself (lost, reconnecting, back), and the network has logged
  // the cause. Its SCLOSE, SOPEN and other events come through on_batch, before.
  virtual void on_state(State) = 0;
};

class Network {
 public:
  using Done = std::function<void(Result<void>)>;
  virtual ~Network() = default;

  // Valid from a login's Done on; before it, what the network can do at best.
  virtual Abilities abilities() const = 0;
  virtual State state() const = 0;
  virtual const Self& self() const = 0;
  // Valid from a login's Done until logoff. Never older than the events that were given to the
  // listener; it may be newer.
  virtual const model::Roster& roster() const = 0;

  // Ok only after the lists are complete. Errors: login_refused with a number of Annex A, which
  // ends it for good; network, which may pass by itself. While reconnecting as the same account it
  // tries at once and keeps what is in progress, and a network error leaves the session
  // reconnecting. With another session up: silently logs off first. Else a failure leaves the
  // network offline and usable.
  virtual void login(Credentials, Done) = 0;
  // Also ends a login in progress, at once, however long its server is silent: the login's Done is
  // then told network, and the next login may begin.
  virtual void logoff(Done) = 0;

  // Makes an account without logging in. Needs no session, and leaves one that is up alone. Errors:
  // exists; invalid for what is not an address; network; unsupported, for which `done` may be
  // called from inside.
  virtual void create_account(Credentials, Done done) {
    done(fail(ErrorCode::unsupported,
              "this network makes no accounts; make it where it is at home"));
  }

  // Of the account that is logged in; its sessions go on. Errors: login_refused (911) if `old` is
  // not its password; not_logged_in; network; unsupported, as above.
  virtual void change_password(Secret old, Secret next, Done done) {
    (void)old;
    (void)next;
    done(fail(ErrorCode::unsupported, "this network cannot change a password"));
  }

  // The rest needs a session: not_logged_in without one; unsupported where the network has nothing
  // of the kind. While reconnecting set_status, set_nick, set_privacy and send are accepted and
  // carried out on return; the others fail (network).
  virtual void set_status(model::Status, Done) = 0;
  virtual void set_nick(std::string nick, Done) = 0;
  virtual void set_privacy(model::Privacy, Done) = 0;
  // Accepted; events say what came of it (ContactAdded, ContactRemoved, ErrorEvent). Adding
  // a person who asks for our consent also gives it.
  virtual void add(std::string email, std::string nick, Done) = 0;
  virtual void remove(std::string email, Done) = 0;
  virtual void rename(std::string email, std::string nick, Done) = 0;
  // Our consent to be on a person's list and to be seen by them, without adding them; and our
  // refusal, which also takes the consent back, from a contact too. Either answers a person who
  // asks (model::Contact::asks); so do add and block, and remove refuses. Who adds us again asks
  // again.
  //
  // Where Abilities::consent is false, everyone whom we do not block sees us and may write to us
  // while Privacy::open; else only those who have our consent: by add, allow or unblock.
  virtual void allow(std::string email, Done) = 0;
  virtual void deny(std::string email, Done) = 0;
  virtual void block(std::string email, Done) = 0;
  virtual void unblock(std::string email, Done) = 0;
  // Accepted: it will not be lost from here on without an event that says so. unknown_contact where
  // the network can tell at once that there is no such address.
  virtual void send(OutgoingMessage, Done) = 0;
  virtual void typing(std::string email, Done) = 0;

  // After a login: which of these ids, of messages accepted in an earlier session or by an earlier
  // process, the network knows and will still report by Sent or Failed. Nothing: it cannot know,
  // and will report none. `done` may be called from inside.
  using Recalled = std::optional<std::vector<std::string>>;
  virtual void recall(std::vector<std::string> ids, std::function<void(Recalled)> done) {
    (void)ids;
    done(std::nullopt);
  }
};

// The name and value of each setting, from [network.NAME] and the program's options.
using Settings = std::vector<std::pair<std::string, std::string>>;

// What a network gets to live in. All of it outlives the network.
struct Surroundings {
  asio::io_context& loop;
  Listener& listener;
  Clock& clock;
  Log& log;
  std::string state_directory;  // private to the user; $XDG_STATE_HOME/msncd by default
};

// One compiled-in network.
struct Driver {
  struct Setting {
    std::string_view name;      // the key in [network.NAME]
    std::string_view option;    // the program's option, empty: none
    std::string_view argument;  // "FILE"
    std::string_view help;
    // Can the setting have this value? usage, without the setting's name. It need not be the
    // network that is used.
    Result<void> (*check)(std::string_view value);
    enum class Value { text, path } value = Value::text;  // the network gets a path absolute
  };
  std::string_view name;
  std::string_view summary;
  std::span<const Setting> settings;
  // Fails (usage) as check_settings() does, and on what is missing or does not fit together.
  Result<std::unique_ptr<Network>> (*create)(const Settings&, const Surroundings&);
};

// usage, "NAME: what is wrong": a setting that the driver does not have, or a value that its check
// refuses.
Result<void> check_settings(const Driver&, const Settings&);

}  // namespace msn::network
