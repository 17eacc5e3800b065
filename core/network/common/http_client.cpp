// SPDX-License-Identifier: MIT
#include "core/network/common/http_client.hpp"

#include "core/base/text.hpp"

#include <utility>

namespace msn::network {
namespace {

std::string shown(const std::string& url) {
  return visible(url.substr(0, url.find_first_of("?#")));
}

}  // namespace

HttpClient::HttpClient(asio::io_context& loop, const Lookups& lookups, const Tls& tls,
                       Options options)
    : loop_(loop), lookups_(lookups), tls_(tls), options_(std::move(options)), timer_(loop) {}

void HttpClient::get(HttpRequest request, Done done) {
  cancel();
  request_ = std::move(request);
  done_ = std::move(done);
  const auto started = start();
  // The timer also reports an immediate error, so that `done` is never called from inside get().
  const auto error = started ? Error{ErrorCode::network, shown(request_.url) + " does not answer"}
                             : started.error();
  timer_.expires_after(started ? options_.timeout : std::chrono::milliseconds(0));
  timer_.async_wait([this, error, still = std::weak_ptr(alive_)](const std::error_code& cancelled) {
    if (!cancelled && !still.expired()) finish(fail(error));
  });
}

void HttpClient::cancel() {
  done_ = {};
  alive_ = std::make_shared<bool>(true);
  timer_.cancel();
  request_.authorization.wipe();
  if (connection_) std::exchange(connection_, {})->drop();
}

Result<void> HttpClient::start() {
  const auto url = parse_url(request_.url);
  if (!url)
    return fail(ErrorCode::network, "not a valid http or https URL: " + shown(request_.url));
  url_ = *url;
  auto proxy = http_proxy_for(url_, options_.environment);
  if (!proxy) return fail(std::move(proxy.error()));
  proxy_ = std::move(*proxy);
  if (url_.secure) {
    tls_.context([this, still = std::weak_ptr(alive_)](Result<Tls::Context> made) {
      if (still.expired()) return;
      if (!made) {
        finish(fail(std::move(made.error())));
        return;
      }
      context_ = std::move(*made);
      open();
    });
  } else {
    open();
  }
  return {};
}

void HttpClient::open() {
  tunnelling_ = url_.secure && proxy_;
  reader_ = HttpHeadReader();
  // The handlers may use `this`: cancel(), also called by the destructor, drops the connection.
  connection_ = Connection::make(
      loop_, {},
      {[this] { connected(); }, [this](std::string_view bytes) { received(bytes); },
       [this](const std::string& why) {
         finish(fail(ErrorCode::network, "cannot get " + shown(request_.url) + ": " + why));
       },
       [this] {
         connection_->send(std::string(write_get(url_, request_.authorization, {}).text()));
       }});
  connection_->connect(lookups_, proxy_ ? proxy_->at : url_.at);
}

void HttpClient::connected() {
  if (tunnelling_)
    connection_->send(write_connect(url_, *proxy_));
  else if (url_.secure)
    connection_->start_tls(context_, url_.at.host);
  else
    connection_->send(std::string(write_get(url_, request_.authorization, proxy_).text()));
}

void HttpClient::received(std::string_view bytes) {
  auto answer = reader_.feed(bytes);
  if (!answer) {
    finish(fail(ErrorCode::network,
                "cannot get " + shown(request_.url) + ": " + answer.error().message));
  } else if (*answer && !tunnelling_) {
    finish(std::move(**answer));
  } else if (*answer && (*answer)->status / 100 == 2) {
    tunnelling_ = false;
    reader_ = HttpHeadReader();
    connection_->start_tls(context_, url_.at.host);
  } else if (*answer) {
    finish(fail(ErrorCode::network, "cannot get " + shown(request_.url) + ": the proxy " +
                                        to_text(proxy_->at) + " answered with status " +
                                        std::to_string((*answer)->status)));
  }
}

void HttpClient::finish(Result<HttpAnswer> result) {
  auto done = std::exchange(done_, {});
  cancel();
  if (done) done(std::move(result));  // may destroy this object
}

}  // namespace msn::network
