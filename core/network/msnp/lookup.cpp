// SPDX-License-Identifier: MIT
#include "core/network/msnp/lookup.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <utility>

namespace msn::network::msnp {

struct Lookup::Wanted {
  Wanted(asio::io_context& io, Done call)
      : done(std::move(call)), loop(&io), busy(asio::make_work_guard(io.get_executor())) {}

  // From any thread. The loop is there as long as its pointer is.
  static void answer(const std::shared_ptr<Wanted>& wanted, Result<Endpoints> result) {
    const std::lock_guard lock(wanted->mutex);
    if (wanted->loop == nullptr) return;
    asio::post(*wanted->loop, [wanted, result = std::move(result)]() mutable {
      auto call = std::exchange(wanted->done, {});
      wanted->forget();
      if (call) call(std::move(result));
    });
  }
  void forget() {
    const std::lock_guard lock(mutex);
    done = {};
    loop = nullptr;
    busy.reset();
  }

  Done done;  // the loop's thread only
  std::mutex mutex;
  asio::io_context* loop;  // guarded by mutex
  asio::executor_work_guard<asio::io_context::executor_type> busy;
};

Lookup::Lookup(std::shared_ptr<Wanted> wanted) : wanted_(std::move(wanted)) {}

Lookup::~Lookup() {
  wanted_->forget();
}

namespace {

// Nothing with a destructor of its own at the program's end is touched: it may be ending.
std::string words(int code, int reason) {
  if (code != EAI_SYSTEM) return ::gai_strerror(code);
  char buffer[128];
  return ::strerror_r(reason, buffer, sizeof buffer);
}

std::optional<Endpoints> in_numbers(const HostPort& host) {
  std::error_code error;
  const auto address = asio::ip::make_address(host.host, error);
  if (error) return std::nullopt;
  return Endpoints{{address, host.port}};
}

// Signals are the loop's business.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

Result<Endpoints> Lookups::ask_system(const HostPort& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.host.c_str(), nullptr, &wanted, &found);
  if (code != 0) return fail(ErrorCode::network, words(code, errno));
  Endpoints endpoints;
  for (const auto* each = found; each != nullptr; each = each->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if ((each->ai_family != AF_INET && each->ai_family != AF_INET6) ||
        each->ai_addrlen > endpoint.capacity())
      continue;
    std::memcpy(endpoint.data(), each->ai_addr, each->ai_addrlen);
    endpoint.resize(each->ai_addrlen);
    endpoint.port(host.port);
    endpoints.push_back(endpoint);
  }
  ::freeaddrinfo(found);
  if (endpoints.empty()) return fail(ErrorCode::network, words(EAI_NONAME, 0));
  return endpoints;
}

Lookups::Lookups(asio::io_context& loop, Ask ask, std::size_t most)
    : loop_(loop),
      ask_(ask ? std::move(ask) : &ask_system),
      most_(most),
      under_way_(std::make_shared<std::atomic<std::size_t>>(0)) {}

std::unique_ptr<Lookup> Lookups::start(const HostPort& host, Lookup::Done done) const {
  auto wanted = std::make_shared<Lookup::Wanted>(loop_, std::move(done));
  std::unique_ptr<Lookup> lookup(new Lookup(wanted));
  if (auto itself = in_numbers(host)) {
    Lookup::Wanted::answer(wanted, std::move(*itself));
  } else if (*under_way_ >= most_) {
    Lookup::Wanted::answer(wanted,
                           fail(ErrorCode::network, "too many lookups are not answered yet"));
  } else {
    const SignalsBlocked blocked;
    ++*under_way_;
    try {
      std::thread([wanted, host, ask = ask_, count = under_way_] {
        Lookup::Wanted::answer(wanted, ask(host));
        --*count;
      }).detach();
    } catch (const std::system_error& error) {
      --*under_way_;
      Lookup::Wanted::answer(wanted, fail(ErrorCode::network, error.what()));
    }
  }
  return lookup;
}

}  // namespace msn::network::msnp
