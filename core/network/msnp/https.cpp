// SPDX-License-Identifier: MIT
#include "core/network/msnp/https.hpp"

#include "core/base/text.hpp"
#include "core/network/msnp/curl_library.hpp"
#include "core/network/msnp/md5.hpp"
#include "core/network/msnp/trace.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <sodium.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace msn::network::msnp {
namespace {

struct Collected {
  HttpAnswer answer;
  std::size_t octets = 0;
};

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& collected = *static_cast<Collected*>(user);
  std::string_view line(data, size * count);
  if ((collected.octets += line.size()) > limits::http_octets) return 0;
  while (line.ends_with('\n') || line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) collected.answer.headers.clear();  // after a "100 Continue"
  const auto colon = line.find(':');
  if (colon != line.npos) {
    auto value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    collected.answer.headers.emplace_back(line.substr(0, colon), value);
  }
  return size * count;
}

// What the body says is nothing to us.
std::size_t on_body(char*, std::size_t size, std::size_t count, void* user) {
  auto& collected = *static_cast<Collected*>(user);
  return (collected.octets += size * count) > limits::http_octets ? 0 : size * count;
}

Error explain(CURLcode code, const std::string& url, const std::string& detail) {
  const auto where = visible(url.substr(0, url.find('?')));
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {ErrorCode::network, "cannot find the host of " + where + "; check the setting nexus"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return {ErrorCode::network, "the certificate of " + where + " is not trusted (" + detail +
                                      "); if it is the right server, name its certificate with"
                                      " --ca-file"};
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorCode::network, "the file named by ca_file cannot be used: " + detail};
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorCode::network, where + " does not answer"};
    default:
      return {ErrorCode::network, "cannot get " + where + ": " + detail};
  }
}

}  // namespace

struct TicketFetcher::Worker {
  struct Job {
    std::uint64_t number = 0;
    TicketDialogue dialogue;
    asio::executor_work_guard<asio::io_context::executor_type> busy;  // the loop waits for us
  };

  Worker(asio::io_context& io, HttpsOptions o, Log& l) : loop(io), options(std::move(o)), log(l) {}

  void start();
  void run();
  Result<void> load();
  Result<std::string> perform(TicketDialogue&, std::uint64_t number);
  Result<HttpAnswer> get(const HttpRequest&, std::uint64_t number);
  void answer(Job, Result<std::string>);

  asio::io_context& loop;
  HttpsOptions options;
  Log& log;
  Done done;  // of the newest job; the loop's thread only
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Job> next;  // guarded by mutex
  CURLM* multi = nullptr;   // guarded by mutex while it is made and ended
  bool stop = false;        // guarded by mutex
  std::atomic<std::uint64_t> newest{0};
  std::optional<CurlLibrary> curl;  // the worker's only
  std::thread thread;

  void wake() {  // with the mutex held
    if (multi != nullptr) curl->multi_wakeup(multi);
    changed.notify_one();
  }
};

TicketFetcher::TicketFetcher(asio::io_context& loop, HttpsOptions options, Log& log)
    : worker_(std::make_unique<Worker>(loop, std::move(options), log)) {}

TicketFetcher::~TicketFetcher() {
  *worker_->alive = false;
  {
    const std::lock_guard lock(worker_->mutex);
    worker_->stop = true;
    worker_->next.reset();
    ++worker_->newest;
    worker_->wake();
  }
  if (worker_->thread.joinable()) worker_->thread.join();
}

void TicketFetcher::fetch(TicketDialogue dialogue, Done done) {
  worker_->done = std::move(done);
  const std::lock_guard lock(worker_->mutex);
  worker_->next.reset();
  worker_->next.emplace(Worker::Job{++worker_->newest, std::move(dialogue),
                                    asio::make_work_guard(worker_->loop.get_executor())});
  worker_->wake();
  worker_->start();
}

void TicketFetcher::cancel() {
  if (!worker_->done) return;
  worker_->done = {};
  const std::lock_guard lock(worker_->mutex);
  worker_->next.reset();
  ++worker_->newest;
  worker_->wake();
}

void TicketFetcher::prepare() {
  worker_->start();
}

void TicketFetcher::Worker::start() {
  if (!thread.joinable()) thread = std::thread([this] { run(); });
}

void TicketFetcher::Worker::run() {
  (void)load();   // what is wrong is told to whoever wants a ticket
  (void)md5({});  // OpenSSL sets itself up with the first digest, which takes its time, too
  std::unique_lock lock(mutex);
  for (;;) {
    changed.wait(lock, [&] { return stop || next; });
    if (stop) return;
    auto job = std::move(*next);
    next.reset();
    lock.unlock();
    auto result = perform(job.dialogue, job.number);
    answer(std::move(job), std::move(result));
    lock.lock();
  }
}

void TicketFetcher::Worker::answer(Job job, Result<std::string> result) {
  const auto number = job.number;
  // `alive` is read on the loop's thread, where it is written.
  asio::post(loop, [this, number, result = std::move(result), still = alive,
                    busy = std::move(job.busy)]() mutable {
    if (!*still || number != newest) return;
    if (auto call = std::exchange(done, {})) call(std::move(result));
  });
}

Result<void> TicketFetcher::Worker::load() {
  if (curl) return {};
  auto loaded = CurlLibrary::load();
  if (!loaded) return fail(std::move(loaded.error()));
  const std::lock_guard lock(mutex);
  curl = *loaded;
  return {};
}

Result<std::string> TicketFetcher::Worker::perform(TicketDialogue& dialogue, std::uint64_t number) {
  if (auto loaded = load(); !loaded) return fail(std::move(loaded.error()));
  const bool traced = log.enabled(LogLevel::trace);
  while (auto request = dialogue.request()) {
    if (traced) log.write(LogLevel::trace, "network.msnp", trace_of(*request));
    auto answer = get(*request, number);
    if (!answer) return fail(std::move(answer.error()));
    if (traced) log.write(LogLevel::trace, "network.msnp", trace_of(*answer, request->url));
    dialogue.answer(*answer);
  }
  return *dialogue.result();
}

Result<HttpAnswer> TicketFetcher::Worker::get(const HttpRequest& request, std::uint64_t number) {
  const auto set = curl->easy_setopt;
  CURL* easy = curl->easy_init();
  if (easy == nullptr) return fail(ErrorCode::network, "libcurl cannot be used");
  std::array<char, CURL_ERROR_SIZE> detail{};
  Collected collected;
  curl_slist* headers = nullptr;
  if (!request.authorization.text().empty()) {
    const Secret line("Authorization: " + request.authorization.text());
    headers = curl->slist_append(nullptr, line.text().c_str());
  }
  set(easy, CURLOPT_URL, request.url.c_str());
  set(easy, CURLOPT_HTTPHEADER, headers);
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);  // by hand: the password goes along only where we say so
  set(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(easy, CURLOPT_FORBID_REUSE, 1L);
  set(easy, CURLOPT_USERAGENT, "msncd");
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_QUICK_EXIT, 1L);
  set(easy, CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.timeout.count()));
  set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) set(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  set(easy, CURLOPT_ERRORBUFFER, detail.data());
  set(easy, CURLOPT_HEADERFUNCTION, &on_header);
  set(easy, CURLOPT_HEADERDATA, &collected);
  set(easy, CURLOPT_WRITEFUNCTION, &on_body);
  set(easy, CURLOPT_WRITEDATA, &collected);

  CURLM* handle = curl->multi_init();
  {
    const std::lock_guard lock(mutex);
    multi = handle;
  }
  curl->multi_add_handle(handle, easy);
  std::optional<CURLcode> code;
  int running = 1;
  while (running > 0 && newest == number) {
    if (curl->multi_perform(handle, &running) != CURLM_OK) break;
    // multi_wakeup ends the wait when somebody has lost interest.
    if (running > 0 && curl->multi_poll(handle, nullptr, 0, 1000, nullptr) != CURLM_OK) break;
  }
  int left = 0;
  while (const CURLMsg* message = curl->multi_info_read(handle, &left))
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  long status = 0;
  curl->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  {
    const std::lock_guard lock(mutex);
    multi = nullptr;
  }
  curl->multi_remove_handle(handle, easy);
  curl->easy_cleanup(easy);
  curl->multi_cleanup(handle);
  for (auto* line = headers; line != nullptr; line = line->next)
    sodium_memzero(line->data, std::strlen(line->data));
  curl->slist_free_all(headers);

  if (!code) return fail(ErrorCode::network, "given up");
  if (*code != CURLE_OK && !(*code == CURLE_WRITE_ERROR && status != 0)) {
    std::string words(detail.data());
    if (words.empty()) words = curl->easy_strerror(*code);
    return fail(explain(*code, request.url, visible(words)));
  }
  collected.answer.status = static_cast<int>(status);
  return std::move(collected.answer);
}

}  // namespace msn::network::msnp
