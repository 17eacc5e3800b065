// SPDX-License-Identifier: MIT
// Conversations with a daemon as text (tests/transcripts/*.chat), and their runner. Where the
// daemon is, the stage knows: in this process with a fake network (FakeStage), or a real msncd on
// its socket (RealStage). Every transcript runs on both, but one that says what it needs:
//
//   # needs: a fake clock     or: a fake network
//   # keeps: 3 events         the bound of the daemons' event logs
//   # a comment
//   alice > POLL              the connection "alice" says a line
//   alice < POLLEND           and hears exactly this one next; ... stands for one changing field
//   alice < nothing           nothing has come
//   alice ends                its connection is closed
//   tick 60s                  time passes (ms, s, m)
//   network: TYPING bob@example.org       the network says it; see FakeNetwork::command
//   network < add bob@example.org Bob     the network was asked this next
//
// A name's part before the first dot names the daemon: alice and alice.2 are two clients of one,
// bob is the client of another ("network bob: …" is that one's network). \xHH is one byte, \\ a
// backslash; a \ at the end of a line leaves out the LF. Everything heard must be expected: at the
// end nothing may be left over. Where time is real, one time is as good as another of its form.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace msn::test {

class Stage {
 public:
  virtual ~Stage() = default;
  virtual void say(const std::string& name, std::string_view octets) = 0;
  // The next line with its LF, or what is left of one; nothing: nothing comes. A stage with real
  // time waits as long as an answer may take.
  virtual std::optional<std::string> hear(const std::string& name) = 0;
  // As hear(), but without waiting for what has been told to be missing.
  virtual std::optional<std::string> overhear(const std::string& name) = 0;
  virtual void end(const std::string& name) = 0;
  // Are its times those that stand in transcripts?
  virtual bool keeps_time() const = 0;
  // False: cannot be done here.
  virtual bool pass(std::chrono::milliseconds) = 0;
  virtual bool tell_network(const std::string& daemon, std::string_view line) = 0;
  // What the network was asked next; what is expected if nobody can know.
  virtual std::optional<std::string> network_asked(const std::string& daemon,
                                                   const std::string& expected) = 0;
};

// What it says to need, that only a stage of fakes has.
std::optional<std::string> needs(std::string_view transcript);
// How many events its daemons keep at most.
std::optional<std::uint64_t> kept_events(std::string_view transcript);

// Nothing: all went as written. Else the line's number and what was wrong with it.
std::optional<std::string> run_transcript(std::string_view transcript, Stage& stage);

// Is `heard` what `expected` says? "..." in it stands for one or more bytes other than SP and LF.
bool fits(std::string_view expected, std::string_view heard);

}  // namespace msn::test
