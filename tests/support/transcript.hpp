// SPDX-License-Identifier: MIT
// Transcripts: conversations with a daemon as text (tests/transcripts/*.chat), and their runner.
// The backend provides the daemons: in this process with a fake network (FakeBackend), or real
// msncd processes (RealBackend). Every transcript runs on both, unless it says that it needs fakes:
//
//   # needs: a fake clock     or: a fake network
//   # keeps: 3 events         the limit of the daemons' event logs
//   # a comment
//   alice > POLL              the client "alice" sends this line
//   alice < POLLEND           the next line that alice receives; ... stands for one changing field
//   alice < nothing           alice has received nothing
//   alice ends                alice closes the connection
//   tick 60s                  time passes (ms, s, m)
//   network: TYPING bob@example.org       the network reports this; see FakeNetwork::command
//   network < add bob@example.org Bob     the next request to the network
//
// The part of a name before the first dot names the daemon: alice and alice.2 are two clients of
// one daemon, bob is a client of another ("network bob: …" is that one's network). \xHH is one
// byte, \\ a backslash; a \ at the end of a line leaves out the LF. Every received line must be
// expected: at the end none may be left over. Where the clock is real, any time of the right form
// matches.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace msn::test {

class TranscriptBackend {
 public:
  virtual ~TranscriptBackend() = default;
  // The client sends these bytes.
  virtual void say(const std::string& name, std::string_view bytes) = 0;
  // The next line that the client receives, with its LF, or an incomplete one; nothing if none
  // arrives. A backend with a real clock waits as long as an answer may take.
  virtual std::optional<std::string> hear(const std::string& name) = 0;
  // The same without waiting: for lines that must not arrive.
  virtual std::optional<std::string> overhear(const std::string& name) = 0;
  // The client closes its connection.
  virtual void end(const std::string& name) = 0;
  // True: times in answers are those in the transcripts.
  virtual bool keeps_time() const = 0;
  // These two return false if the backend cannot do it.
  virtual bool pass(std::chrono::milliseconds) = 0;
  virtual bool tell_network(const std::string& daemon, std::string_view line) = 0;
  // The next request that the network got; `expected` if the backend cannot find out.
  virtual std::optional<std::string> network_asked(const std::string& daemon,
                                                   const std::string& expected) = 0;
};

// The text of its "needs" line: it can be played only on fakes.
std::optional<std::string> needs(std::string_view transcript);
// The number of its "keeps" line: the limit of the daemons' event logs.
std::optional<std::uint64_t> kept_events(std::string_view transcript);

// Nothing if all happened as written, otherwise the number of the first wrong line and what was
// wrong.
std::optional<std::string> run_transcript(std::string_view transcript, TranscriptBackend& backend);

// True if `heard` matches `expected`, in which "..." stands for one or more bytes except SP and LF.
bool fits(std::string_view expected, std::string_view heard);

}  // namespace msn::test
