// SPDX-License-Identifier: MIT
// The interface between the daemon and a messaging network: the daemon calls operations of Network,
// the network reports events to Listener.
//
// Threading: all calls in both directions are made on the daemon's loop thread. Blocking work
// (disk, HTTPS, name lookup) runs on other threads, and its results are posted to the loop. Each
// Done is called exactly once, never after the Network is destroyed and, unless an operation says
// otherwise, never from inside the operation it was passed to.
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

// A password whose memory is wiped on destruction (msncd(8)). A string that is moved in is wiped
// too, because moving a short string leaves a copy in it.
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
  std::string id;                  // if not empty, exactly one Sent or Failed reports the outcome
};

enum class State { offline, connecting, online, reconnecting };

// The state of the logged-in account, as the request STATE reports it.
struct Self {
  std::string email;
  std::string nick;                     // empty: the network has none
  std::optional<model::Status> status;  // nullopt before the first STATUS of a session
  model::Privacy privacy;
  std::string server;        // known also before a login; empty: the network has none
  std::uint64_t queued = 0;  // messages of this account that are not delivered yet
};

// The differences between networks. HELLO and STATE (msncd-protocol(7)) report those that a client
// needs; the contract test checks them for each network.
struct Abilities {
  // The longest text of a message in bytes of UTF-8, its lines joined by CR LF. A network whose
  // messages are shorter splits the text itself.
  std::size_t text_limit = 60'000;
  // Users see each other's status only after consent.
  bool consent = false;
  // With STATUS invisible the account looks offline, and still sees the others.
  bool invisible = true;
  // A message to an offline user is kept until that user logs in; otherwise it fails.
  bool offline_messages = true;
  // A message or an ADD to an address that does not exist fails at once (unknown_contact).
  bool rejects_unknown_addresses = true;
  // A message to a user who does not accept messages of the sender (BLOCK, PRIV) fails; otherwise
  // that is not reported.
  bool reports_blocks = true;
  // Messages can be sent before the first STATUS of a session, and with STATUS offline.
  bool sends_before_status = true;
  bool sends_while_offline = false;
  // The event Sent means that the recipient's side has stored the message; otherwise that the
  // server has accepted it.
  bool sent_means_stored = true;
  // Flushed is reported only for messages that were kept for an offline user.
  bool flushed_means_kept = true;
  // create_account() and change_password() are supported.
  bool registers = false;
  bool changes_password = false;
};

struct Batch {
  std::vector<model::Event> events;  // in order
  // An opaque resume position. The listener commits it together with the events, keeps the last one
  // of each account, and returns it from Listener::mark() at the next login. So no event is
  // repeated after a crash between that commit and the effect of `stored`. Empty: the network
  // cannot repeat these events.
  std::string mark{};
  // Called when the events are durable; only then may the network delete them or acknowledge them
  // to a server. Never called if they could not be stored.
  std::function<void()> stored = [] {};
};

// The event before Closed when another login of the account has ended the session.
inline model::ErrorEvent logged_in_elsewhere() {
  return {"SERV_DISC", "this account logged in elsewhere; msncd does not reconnect"};
}

// Implemented by the daemon.
class Listener {
 public:
  virtual ~Listener() = default;
  // Stores the events, and calls Batch::stored once they are durable.
  virtual void on_batch(Batch) = 0;
  // The last mark committed for this account; empty: none. Called right after a login's Done.
  virtual std::string mark(std::string_view email) = 0;
  // The session's state changed without a request (lost, reconnecting, online again). The network
  // has already logged the cause and reported SCLOSE, SOPEN and other events through on_batch.
  virtual void on_state(State) = 0;
};

class Network {
 public:
  using Done = std::function<void(Result<void>)>;
  virtual ~Network() = default;

  // After a login's Done, what this session can do; before, the most that the network can do.
  virtual Abilities abilities() const = 0;
  virtual State state() const = 0;
  virtual const Self& self() const = 0;
  // Valid from a login's Done until the log-off. It reflects at least all events that were passed
  // to the listener.
  virtual const model::Roster& roster() const = 0;

  // Succeeds after the contact lists are complete. Errors: login_refused with a number of Annex A
  // (permanent); network (a later try may succeed). Both leave the network offline and usable, with
  // one exception: if it is reconnecting as the same account, it tries at once, keeps pending
  // messages and operations, and continues reconnecting after an error `network`. Any other session
  // is logged off first, without an event; a login in progress fails (network).
  virtual void login(Credentials, Done) = 0;
  // Also cancels a login in progress, at once, even if its server does not answer: that login's
  // Done gets the error `network`, and the next login may begin.
  virtual void logoff(Done) = 0;

  // Creates an account without logging in. Needs no session and does not change an existing one.
  // Errors: exists; invalid if the address is not valid; network; unsupported (`done` may then be
  // called from inside).
  virtual void create_account(Credentials, Done done) {
    done(fail(ErrorCode::unsupported,
              "this network cannot create accounts; register with the operator of the server"));
  }

  // Changes the password of the logged-in account; its session continues. Errors: login_refused
  // (911) if `old` is wrong; not_logged_in; network; unsupported (as above).
  virtual void change_password(Secret old, Secret next, Done done) {
    (void)old;
    (void)next;
    done(fail(ErrorCode::unsupported, "this network cannot change a password"));
  }

  // The operations below need a session. Errors: not_logged_in without one; unsupported if the
  // network has no such operation. While reconnecting, set_status, set_nick, set_privacy and send
  // succeed and are carried out after the reconnect; the others fail (network).
  virtual void set_status(model::Status, Done) = 0;
  virtual void set_nick(std::string nick, Done) = 0;
  virtual void set_privacy(model::Privacy, Done) = 0;
  // Success means accepted; an event reports the result (ContactAdded, ContactRemoved, ErrorEvent).
  virtual void add(std::string email, std::string nick, Done) = 0;
  virtual void remove(std::string email, Done) = 0;
  virtual void rename(std::string email, std::string nick, Done) = 0;
  // allow() gives a user consent to have this account as a contact and to see its status, without
  // adding the user. deny() refuses the consent or withdraws it, also for a contact. Both answer a
  // user who asks (model::Contact::asks). add() also gives consent; block() and remove() also
  // refuse it. A user who adds this account again asks again.
  //
  // If Abilities::consent is false: while Privacy::open, every user who is not blocked sees this
  // account's status and may write to it; otherwise only users with consent (add, allow, unblock).
  virtual void allow(std::string email, Done) = 0;
  virtual void deny(std::string email, Done) = 0;
  virtual void block(std::string email, Done) = 0;
  virtual void unblock(std::string email, Done) = 0;
  // Success means accepted: if the message is lost later, an event reports it. Error:
  // unknown_contact, if the network knows at once that the address does not exist.
  virtual void send(OutgoingMessage, Done) = 0;
  virtual void typing(std::string email, Done) = 0;

  // Called after a login with the ids of messages that an earlier session or process accepted.
  // `done` gets those for which the network will still report Sent or Failed; nullopt: the network
  // reports none of them, and their outcome is unknown. `done` may be called from inside.
  using Recalled = std::optional<std::vector<std::string>>;
  virtual void recall(std::vector<std::string> ids, std::function<void(Recalled)> done) {
    (void)ids;
    done(std::nullopt);
  }
};

// Names and values of settings, from the section [network.NAME] and the program's options.
using Settings = std::vector<std::pair<std::string, std::string>>;

// What the daemon provides to a network. All of it outlives the network.
struct Dependencies {
  asio::io_context& loop;
  Listener& listener;
  Clock& clock;
  Log& log;
  std::string state_directory;  // private to the user; default: $XDG_STATE_HOME/msncd
};

// A compiled-in network.
struct Driver {
  struct Setting {
    std::string_view name;      // the key in [network.NAME]
    std::string_view option;    // the option of msncd; empty: none
    std::string_view argument;  // the option's argument in the help: "FILE"
    std::string_view help;
    // Checks a value, also of a network that is not in use. Error: usage, a message without the
    // name of the setting.
    Result<void> (*check)(std::string_view value);
    enum class Value { text, path } value = Value::text;  // the caller makes a path absolute
  };
  std::string_view name;
  std::string_view summary;
  std::span<const Setting> settings;
  // Errors (usage): those of check_settings(), and settings that are missing or conflict.
  Result<std::unique_ptr<Network>> (*create)(const Settings&, const Dependencies&);
};

// Fails (usage, "NAME: what is wrong") if the driver does not have a setting or refuses its value.
Result<void> check_settings(const Driver&, const Settings&);

}  // namespace msn::network
