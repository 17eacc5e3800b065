// SPDX-License-Identifier: MIT
// Requests are parsed to the same values for every division of the stream, a decoded request
// encodes to the same again, and nothing exceeds its limit.
#include "core/protocol/limits.hpp"
#include "core/protocol/request_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace msn;
using namespace msn::protocol;

namespace {

struct Read {
  bool good = false;
  std::string keyword, rest;
  std::vector<std::string> text;
  bool operator==(const Read&) const = default;
};

Read copy(const Result<Request>& request) {
  if (!request) return {};
  if (request->keyword.find_first_of("\n\r ") != std::string_view::npos) std::abort();
  if (request->rest.size() > limits::line) std::abort();
  std::size_t kept = 0;
  for (const auto& line : request->text) {
    if (line.find_first_of(std::string_view("\n\0", 2)) != std::string::npos) std::abort();
    kept += line.size();
  }
  if (kept > limits::line + limits::text) std::abort();
  return {true, std::string(request->keyword), std::string(request->rest), request->text};
}

std::vector<Read> read(std::string_view bytes, std::size_t step, RequestReader::Binding binding) {
  RequestReader reader(binding);
  std::vector<Read> all;
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    while (const auto request = reader.next()) all.push_back(copy(*request));
  }
  return all;
}

// decode(encode(decode(x))) is decode(x), unless an unencoded name is too long after
// percent-encoding.
template <class T>
void inverse(const Request& request) {
  const auto value = T::decode(request);
  if (!value) return;
  const std::string unit = value->encode();
  RequestReader reader;
  reader.feed(unit);
  const auto again = reader.next();
  if (!again || !*again) std::abort();
  for (const auto word : (*again)->words)
    if (word.size() > limits::nick) return;
  const auto decoded = T::decode(**again);
  if (!decoded || decoded->encode() != unit) std::abort();
}

void decode_all(const Request& request) {
  const auto words = request.words.size();
  const std::string_view keyword = request.keyword;
  if (keyword == "LOGIN" && words >= 2) inverse<Login>(request);
  if (keyword == "REGISTER" && words >= 2) inverse<Register>(request);
  if (keyword == "PASSWD" && words == 2) inverse<Passwd>(request);
  if (keyword == "STATUS" && words == 1) inverse<SetStatus>(request);
  if (keyword == "NICK" && words == 1) inverse<Nick>(request);
  if (keyword == "PRIV" && words == 2) inverse<Priv>(request);
  if (keyword == "ADD" && words == 2) inverse<Add>(request);
  if (keyword == "DEL" && words == 1) inverse<ContactRequest>(request);
  if (keyword == "REN" && words == 2) inverse<Ren>(request);
  if (keyword == "POLL") inverse<Poll>(request);
  if (keyword == "ACK" && words >= 1) inverse<Ack>(request);
  if (keyword == "QNEW" && words >= 1) inverse<QNew>(request);
  if (keyword == "QDEL" && words == 1) inverse<QDel>(request);
  if (keyword == "HELLO") inverse<Hello>(request);
  if (keyword == "SENDMSG" && words >= 2) (void)SendMsg::decode(request);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto binding : {RequestReader::Binding::stream, RequestReader::Binding::fifo}) {
    const auto whole = read(bytes, bytes.size() + 1, binding);
    if (read(bytes, 1, binding) != whole || read(bytes, 7, binding) != whole) std::abort();
  }
  RequestReader reader;
  reader.feed(bytes);
  while (const auto request = reader.next())
    if (*request) decode_all(**request);
  if (const auto datagram = read_datagram(bytes)) {
    (void)copy(datagram);
    decode_all(*datagram);
  }
  const std::string shown = masked(bytes);
  const auto first_line = std::string_view(shown).substr(0, shown.find('\n'));
  for (const auto* unit : {"LOGIN a@b secret\n", "REGISTER a@b secret\n", "PASSWD secret secret\n"})
    if (bytes.starts_with(unit) && first_line.find("secret") != std::string_view::npos)
      std::abort();
  return 0;
}
