// SPDX-License-Identifier: MIT
#include "core/network/msnp/curl_library.hpp"

#include <dlfcn.h>
#include <string>

namespace msn::network::msnp {
namespace {

template <class Function>
bool look_up(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

}  // namespace

Result<CurlLibrary> CurlLibrary::load() {
  void* library = nullptr;
  for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4"})
    if ((library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL)) != nullptr) break;
  if (library == nullptr)
    return fail(ErrorCode::network,
                "HTTPS needs libcurl, which is not installed (package libcurl4)");
  CurlLibrary curl;
  const bool complete = look_up(library, "curl_global_init", curl.global_init) &&
                        look_up(library, "curl_easy_init", curl.easy_init) &&
                        look_up(library, "curl_easy_setopt", curl.easy_setopt) &&
                        look_up(library, "curl_easy_getinfo", curl.easy_getinfo) &&
                        look_up(library, "curl_easy_cleanup", curl.easy_cleanup) &&
                        look_up(library, "curl_easy_strerror", curl.easy_strerror) &&
                        look_up(library, "curl_multi_init", curl.multi_init) &&
                        look_up(library, "curl_multi_cleanup", curl.multi_cleanup) &&
                        look_up(library, "curl_multi_add_handle", curl.multi_add_handle) &&
                        look_up(library, "curl_multi_remove_handle", curl.multi_remove_handle) &&
                        look_up(library, "curl_multi_perform", curl.multi_perform) &&
                        look_up(library, "curl_multi_poll", curl.multi_poll) &&
                        look_up(library, "curl_multi_wakeup", curl.multi_wakeup) &&
                        look_up(library, "curl_multi_info_read", curl.multi_info_read) &&
                        look_up(library, "curl_slist_append", curl.slist_append) &&
                        look_up(library, "curl_slist_free_all", curl.slist_free_all);
  if (!complete) return fail(ErrorCode::network, "the installed libcurl is too old");
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return fail(ErrorCode::network, "libcurl cannot be used");
  return curl;
}

}  // namespace msn::network::msnp
