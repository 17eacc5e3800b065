// SPDX-License-Identifier: MIT
// The servers of a wire script: they send what the script says, and record what they receive.
#pragma once
#include "tests/support/msn_server.hpp"

#include <asio/io_context.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace msn::test {

class WireServers {
 public:
  // Runs the loop until `holds` is true; throws `missed` after a timeout.
  using Wait = std::function<void(const std::function<bool()>& holds, const std::string& missed)>;

  // `chop`: send this many bytes at a time; 0: all at once. Key and certificate are created in
  // `directory`.
  WireServers(asio::io_context&, const std::string& directory, Wait, std::size_t chop);
  ~WireServers();

  std::uint16_t port() const { return ns_->port(); }
  std::string nexus() const { return https_->url("/rdr/pprdr.asp"); }
  const std::string& ca_file() const { return ca_file_; }
  // Replaces $NS, $SB and $HTTPS by addresses.
  std::string expand(std::string text) const;

  // "connects", "closes", "breaks" or "closed".
  void connection(const std::string& name, const std::string& what);
  void say(const std::string& name, std::string bytes);
  // The next command received on a connection; its payload follows on the next lines.
  std::string hear(const std::string& name);
  // The HTTPS requests get these answers in order: "200 Name: value ;; Name: value", "silence",
  // "raw ...".
  void will_reply(std::string reply) { replies_.push_back(std::move(reply)); }
  std::string next_request();  // "GET /path", and the Authorization if there is one
  // Something received that is not in the script, or an HTTPS answer that was not requested.
  std::optional<std::string> left_over() const;

 private:
  struct Line {
    std::shared_ptr<MsnLink> link;
    std::deque<std::string> heard;
    bool closed = false;
  };
  void arrive(const std::string& kind, std::shared_ptr<MsnLink>);
  HttpsReply on_https(const HttpsRequest&);
  Line& line(const std::string& name);

  Wait wait_;
  std::size_t chop_;
  std::string ca_file_;
  std::unique_ptr<HttpsServer> https_;
  std::unique_ptr<MsnListener> ns_, sb_;
  std::map<std::string, std::deque<std::shared_ptr<Line>>> arrived_;
  std::map<std::string, std::shared_ptr<Line>> named_;
  std::deque<std::string> replies_;
  std::deque<HttpsRequest> asked_;
};

}  // namespace msn::test
