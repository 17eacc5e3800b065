// SPDX-License-Identifier: MIT
// Shared by the source files of the store.
#pragma once
#include "core/model/status.hpp"
#include "core/network/local/query.hpp"
#include "core/network/local/store.hpp"

#include <utility>

namespace msn::network::local {

struct Store::Inside {
  explicit Inside(std::unique_ptr<SQLite::Database> database)
      : db(std::move(database)), query(*db) {}
  std::unique_ptr<SQLite::Database> db;
  Queries query;
};

// What an account shows to the user of an address.
struct Store::Relation {
  std::string nick;           // its public name: the nick when it last looked online
  bool allows = false;        // it lets the user see its status and send messages
  bool looks_online = false;  // to the users whom it allows
  model::Status status = model::Status::offline;
  std::string session;  // empty: not logged in

  View view(const std::string& email) const {
    const bool seen = allows && looks_online;
    return {email, seen ? status : model::Status::offline, allows ? nick : std::string()};
  }
};

// Runs `work` and converts an SQLite::Exception to an Error.
template <class Work>
auto Store::guarded(Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const SQLite::Exception& e) {
    if (is_damage(e.getErrorCode())) damaged_ = true;
    return fail(database_error(path_, e.getErrorCode(), e.what()));
  }
}

std::string_view kind_name(Kind);
std::optional<Kind> kind_from_name(std::string_view);
bool is_visible(model::Status);  // neither invisible nor offline

inline std::int64_t milliseconds(Time time) {
  return time.time_since_epoch().count();
}

inline tl::unexpected<Error> displaced() {
  return fail(ErrorCode::not_logged_in, "the account has logged in elsewhere");
}

}  // namespace msn::network::local
