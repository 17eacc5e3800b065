// SPDX-License-Identifier: MIT
#include "cmd/msnc/writer.hpp"

#include "core/base/unique_fd.hpp"
#include "tests/cmd_msnc/capture.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

using namespace msn;
using namespace msn::msnc;

namespace {

struct Pipe {
  UniqueFd read_end, write_end;
  Pipe() {
    std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    read_end = UniqueFd(ends[0]);
    write_end = UniqueFd(ends[1]);
  }
};

}  // namespace

TEST_CASE("the buffer is written by flush and not before") {
  const test::Capture capture;
  Writer writer(capture.fd());
  CHECK_FALSE(writer.pending());
  writer.write("a");
  writer.write("b\n");
  CHECK(writer.pending());
  CHECK(capture.text().empty());
  CHECK(writer.flush());
  CHECK(capture.text() == "ab\n");
  CHECK_FALSE(writer.pending());
}

TEST_CASE("a full buffer is written without a flush") {
  const test::Capture capture;
  Writer writer(capture.fd());
  for (int i = 0; i < 1000; ++i) writer.write(std::string(100, 'x'));
  CHECK(capture.text().size() >= 60'000);
  CHECK(writer.flush());
  CHECK(capture.text().size() == 100'000);
}

TEST_CASE("flush reports a full disk of this and earlier writes") {
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  Writer writer(full.get());
  CHECK(writer.flush());  // nothing to write, nothing lost
  writer.write(std::string(100'000, 'x'));
  writer.write("y");
  const auto result = writer.flush();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::output);
  CHECK(result.error().message == "the output could not be written: No space left on device");
  CHECK_FALSE(writer.flush());
}

TEST_CASE("a descriptor that cannot be written is an error") {
  const UniqueFd read_only(::open("/dev/null", O_RDONLY));
  Writer writer(read_only.get());
  writer.write("x");
  CHECK_FALSE(writer.flush());
}

TEST_CASE("deliver fails if the reader has closed the pipe before reading") {
  Pipe pipe;
  Writer writer(pipe.write_end.get());
  writer.write("x\n");
  REQUIRE(writer.flush());  // the pipe has accepted it
  pipe.read_end.reset();
  const auto delivered = writer.deliver();
  REQUIRE_FALSE(delivered);
  CHECK(delivered.error().code == ErrorCode::output);
}

TEST_CASE("deliver succeeds after the reader has read everything") {
  Pipe pipe;
  Writer writer(pipe.write_end.get());
  writer.write("x\n");
  char buffer[8];
  std::thread reader([&] { CHECK(::read(pipe.read_end.get(), buffer, sizeof buffer) == 2); });
  CHECK(writer.deliver());
  reader.join();
  pipe.read_end.reset();
  CHECK(writer.deliver());  // nothing is left that could be lost
}

TEST_CASE("everything is written to a non-blocking pipe") {
  Pipe pipe;
  REQUIRE(::fcntl(pipe.write_end.get(), F_SETFL, O_NONBLOCK) == 0);
  Writer writer(pipe.write_end.get());
  const std::string text(1'000'000, 'x');
  std::size_t read_octets = 0;
  std::thread reader([&] {
    std::array<char, 65536> buffer{};
    while (read_octets < text.size()) {
      const ssize_t n = ::read(pipe.read_end.get(), buffer.data(), buffer.size());
      if (n <= 0) return;
      read_octets += static_cast<std::size_t>(n);
    }
  });
  writer.write(text);
  CHECK(writer.flush());
  reader.join();
  CHECK(read_octets == text.size());
}

TEST_CASE("a file is not a pipe") {
  const test::Capture capture;
  Writer writer(capture.fd());
  CHECK_FALSE(writer.is_pipe());
  writer.write("x");
  CHECK(writer.deliver());
}

TEST_CASE("a line that was written only partly is removed from a full disk") {
  std::signal(SIGXFSZ, SIG_IGN);
  const test::Capture file;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit small = before;
  small.rlim_cur = 1000;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  Writer writer(file.fd());
  writer.write("whole\n");
  CHECK(writer.flush());
  writer.write("second\n" + std::string(2000, 'x') + '\n');
  CHECK_FALSE(writer.flush());
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK(file.text() == "whole\nsecond\n");
  Writer next(file.fd());
  next.write("next\n");
  CHECK(next.flush());
  CHECK(file.text() == "whole\nsecond\nnext\n");
}

TEST_CASE("wait_for notices that the reader of the output has closed the pipe") {
  Pipe output, input;
  Writer writer(output.write_end.get());
  CHECK_FALSE(writer.wait_for(input.read_end.get(), std::chrono::milliseconds(1)));
  CHECK_FALSE(writer.is_broken_pipe());
  std::thread reader([&] { output.read_end.reset(); });
  CHECK_FALSE(writer.wait_for(input.read_end.get(), std::nullopt));
  CHECK(writer.is_broken_pipe());
  reader.join();
  REQUIRE(::write(input.write_end.get(), "x", 1) == 1);
  CHECK(writer.wait_for(input.read_end.get(), std::nullopt));
}
