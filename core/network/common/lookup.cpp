// SPDX-License-Identifier: MIT
#include "core/network/common/lookup.hpp"

#include "core/base/thread.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <arpa/nameser.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <resolv.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace msn::network {

struct Lookup::Wanted {
  Wanted(asio::io_context& io, std::function<void()> end)
      : forget_done(std::move(end)), loop(&io), busy(asio::make_work_guard(io.get_executor())) {}

  // Posts `tell` to the loop, unless the lookup was cancelled. Callable from any thread: the loop
  // exists while `loop` is not nullptr.
  static void answer(const std::shared_ptr<Wanted>& wanted, std::function<void()> tell) {
    const std::lock_guard lock(wanted->mutex);
    if (wanted->loop != nullptr) asio::post(*wanted->loop, std::move(tell));
  }
  void forget() {
    if (forget_done) std::exchange(forget_done, {})();
    const std::lock_guard lock(mutex);
    loop = nullptr;
    busy.reset();
  }

  std::function<void()> forget_done;  // the loop's thread only
  std::mutex mutex;
  asio::io_context* loop;  // guarded by mutex
  asio::executor_work_guard<asio::io_context::executor_type> busy;
};

Lookup::Lookup(std::shared_ptr<Wanted> wanted) : wanted_(std::move(wanted)) {}

Lookup::~Lookup() {
  wanted_->forget();
}

namespace {

// Uses no objects of static storage duration: the program may be exiting.
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

}  // namespace

Result<Endpoints> Lookups::ask_addresses(const HostPort& host) {
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

Result<Services> Lookups::ask_services(const std::string& name) {
  struct __res_state state {};
  if (::res_ninit(&state) != 0)
    return fail(ErrorCode::network, "the system's resolver cannot be used");
  std::vector<unsigned char> answer(NS_MAXMSG);
  const int size = ::res_nquery(&state, name.c_str(), ns_c_in, ns_t_srv, answer.data(),
                                static_cast<int>(answer.size()));
  const int reason = state.res_h_errno;
  ::res_nclose(&state);
  if (size >= 0)
    return read_services(
        std::span(answer).first(std::min(static_cast<std::size_t>(size), answer.size())));
  if (reason == HOST_NOT_FOUND || reason == NO_DATA) return Services{};
  return fail(ErrorCode::network, "no answer from the name server");
}

Lookups::Lookups(asio::io_context& loop, System system, std::size_t most)
    : loop_(loop),
      system_(std::move(system)),
      most_(most),
      threads_(std::make_shared<std::atomic<std::size_t>>(0)) {}

template <class Found, class Ask>
std::unique_ptr<Lookup> Lookups::start(std::optional<Found> known, Ask ask,
                                       Done<Found> done) const {
  // Used on the loop's thread only.
  const auto kept = std::make_shared<Done<Found>>(std::move(done));
  auto wanted = std::make_shared<Lookup::Wanted>(loop_, [kept] { *kept = {}; });
  std::unique_ptr<Lookup> lookup(new Lookup(wanted));
  const auto answer = [wanted, kept](Result<Found> found) {
    Lookup::Wanted::answer(wanted, [wanted, kept, found = std::move(found)]() mutable {
      auto call = std::exchange(*kept, {});
      wanted->forget();
      if (call) call(std::move(found));
    });
  };
  if (known) {
    answer(std::move(*known));
  } else if (*threads_ >= most_) {
    answer(fail(ErrorCode::network, "too many name lookups are pending"));
  } else {
    ++*threads_;
    try {
      start_thread([answer, ask = std::move(ask), count = threads_] {
        answer(ask());
        --*count;
      }).detach();
    } catch (const std::system_error& error) {
      --*threads_;
      answer(fail(ErrorCode::network, error.what()));
    }
  }
  return lookup;
}

std::unique_ptr<Lookup> Lookups::addresses(const HostPort& host, Done<Endpoints> done) const {
  return start(
      in_numbers(host), [host, ask = system_.addresses] { return ask(host); }, std::move(done));
}

std::unique_ptr<Lookup> Lookups::services(const std::string& name, Done<Services> done) const {
  return start(
      std::optional<Services>(), [name, ask = system_.services] { return ask(name); },
      std::move(done));
}

Result<Services> read_services(std::span<const unsigned char> answer) {
  const auto unreadable = [] {
    return fail(ErrorCode::network, "the name server's answer cannot be read");
  };
  ns_msg message{};
  if (::ns_initparse(answer.data(), static_cast<int>(answer.size()), &message) != 0)
    return unreadable();
  Services found;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    if (::ns_parserr(&message, ns_s_an, i, &record) != 0) return unreadable();
    if (ns_rr_type(record) != ns_t_srv || ns_rr_class(record) != ns_c_in) continue;  // a CNAME
    const auto* data = ns_rr_rdata(record);
    std::array<char, NS_MAXDNAME> host{};
    if (ns_rr_rdlen(record) < 7 || ::dn_expand(ns_msg_base(message), ns_msg_end(message), data + 6,
                                               host.data(), static_cast<int>(host.size())) < 0)
      return unreadable();
    const auto number = [&](int at) {
      return static_cast<std::uint16_t>(data[at] << 8 | data[at + 1]);
    };
    const std::string name = host.data();
    const auto usable = parse_host_port(name, 1);
    if (name.empty() || (usable && usable->host == name))
      found.push_back({{name, number(4)}, number(0), number(2)});
  }
  return found;
}

std::vector<HostPort> in_order(Services services, const std::function<double()>& random) {
  std::stable_sort(services.begin(), services.end(), [](const Service& a, const Service& b) {
    // Records of weight 0 first, as RFC 2782 says: otherwise they could never be chosen.
    return a.priority != b.priority ? a.priority < b.priority : (a.weight == 0) > (b.weight == 0);
  });
  std::vector<HostPort> hosts;
  while (!services.empty()) {
    double sum = 0;
    for (const auto& each : services)
      if (each.priority == services.front().priority) sum += each.weight;
    const double chosen = random() * sum;
    auto at = services.begin();
    for (double passed = at->weight; passed < chosen; passed += at->weight) ++at;
    hosts.push_back(std::move(at->at));
    services.erase(at);
  }
  return hosts;
}

}  // namespace msn::network
