// SPDX-License-Identifier: MIT
#include "core/base/text.hpp"
#include "core/daemon/commands.hpp"
#include "tests/support/daemons.hpp"
#include "tests/support/transcript.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace msn::test {
namespace {

std::vector<std::filesystem::path> transcripts() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(MSNC_TRANSCRIPTS))
    if (entry.path().extension() == ".chat") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("every transcript passes") {
  for (const auto& path : transcripts()) {
    const std::string transcript = read(path);
    store::Retention retention;
    retention.pending_events = kept_events(transcript).value_or(retention.pending_events);
    FakeBackend backend(retention);
    const auto wrong = run_transcript(transcript, backend);
    INFO(path.filename().string());
    CHECK(wrong.value_or("as written") == "as written");
  }
}

TEST_CASE("only these transcripts need fakes and all others run on real daemons") {
  std::map<std::string, std::string> needing;
  std::set<std::string> others;
  for (const auto& path : transcripts()) {
    if (const auto needed = needs(read(path)))
      needing[path.stem()] = *needed;
    else
      others.insert(path.stem());
  }
  // Written by tests/transcripts/CMakeLists.txt.
  std::ifstream file(MSNC_TRANSCRIPTS_ON_REAL_DAEMONS);
  const std::set<std::string> registered(std::istream_iterator<std::string>(file), {});
  CHECK(registered == others);
  CHECK(needing == std::map<std::string, std::string>{{"allow", "a fake network"},
                                                      {"deny", "a fake network"},
                                                      {"events", "a fake network"},
                                                      {"getcl_nicks", "a fake network"},
                                                      {"history_time", "a fake clock"},
                                                      {"hold_over", "a fake clock"},
                                                      {"hold_time", "a fake clock"},
                                                      {"info_phones", "a fake network"},
                                                      {"login_gives_way", "a fake network"},
                                                      {"login_refused", "a fake network"},
                                                      {"lost", "a fake network"},
                                                      {"reconnecting", "a fake network"},
                                                      {"said", "a fake network"},
                                                      {"sendmsg_quiet", "a fake network"},
                                                      {"stalled", "a fake network"},
                                                      {"state_network", "a fake network"},
                                                      {"toobig", "a fake network"},
                                                      {"wait_time", "a fake clock"}});
}

TEST_CASE("every request has a transcript of its name") {
  for (const daemon::Row& row : daemon::commands()) {
    const auto name = to_lower_ascii(row.keyword) + ".chat";
    INFO(name);
    CHECK(std::filesystem::exists(std::filesystem::path(MSNC_TRANSCRIPTS) / name));
  }
}

TEST_CASE("a failing transcript reports its line") {
  const auto run = [](std::string_view text) {
    FakeBackend backend;
    return run_transcript(text, backend).value_or("");
  };
  CHECK(run("alice > POLL\nalice < ERR ENOTCONN\n").empty());
  CHECK(run("# a comment\nalice > POLL\nalice < POLLEND\n") ==
        "line 3: alice heard \"ERR ENOTCONN\" instead of \"POLLEND\"");
  CHECK(run("alice > POLL\n") == "at the end: alice heard \"ERR ENOTCONN\" that is not expected");
  CHECK(run("alice < OK\n") == "line 1: alice heard nothing instead of \"OK\"");
  CHECK(run("alice > POLL\nalice < nothing\n") ==
        "line 2: alice heard \"ERR ENOTCONN\" that is not expected");
  CHECK(run("alice says POLL\n") == "line 1: not understood");
  CHECK(run("network: sing\n") == "line 1: this backend cannot make the network do that");
  CHECK(run("network < login a@x.org\n") ==
        "line 1: the network was asked nothing instead of \"login a@x.org\"");
}

TEST_CASE("a changing field matches one word") {
  CHECK(fits("OK ...\n", "OK abc\n"));
  CHECK_FALSE(fits("OK ...\n", "OK \n"));
  CHECK_FALSE(fits("OK ...\n", "OK a b\n"));
  CHECK_FALSE(fits("OK ...\n", "OK abc"));
  CHECK(fits("EV ... ... MSG 4 3 b@x.org\n", "EV 1 2026-11-22T15:00:00.000Z MSG 4 3 b@x.org\n"));
  CHECK(fits("OK ... sent\n", "OK x sent\n"));
  CHECK_FALSE(fits("OK\n", "OK x\n"));
}

}  // namespace msn::test
