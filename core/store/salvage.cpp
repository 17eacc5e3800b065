// SPDX-License-Identifier: MIT
// What can be had of a file that is no good any more.
#include "core/store/log_file.hpp"
#include "core/store/tables.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <sys/stat.h>

namespace msn::store {
namespace {

constexpr std::string_view of_names = "abcdefghijklmnopqrstuvwxyz0123456789._-";
constexpr std::string_view of_keywords = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::size_t longest_name = 32;

bool is_empty(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) != 0 || status.st_size == 0;
}

std::string in_uri(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (c == '%')
      text += "%25";
    else if (c == '?')
      text += "%3f";
    else if (c == '#')
      text += "%23";
    else
      text += c;
  }
  return text;
}

bool is_of(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == text.npos;
}

}  // namespace

std::vector<QueueName> salvage_queues(const std::string& path) {
  std::vector<QueueName> found;
  try {
    // It is only looked at: what it is now may help somebody to repair it. What stands in the -wal
    // can only be read by who could write.
    const bool all_in_one = is_empty(path + "-wal");
    SQLite::Database database(
        all_in_one ? "file:" + in_uri(path) + "?immutable=1" : path,
        (all_in_one ? SQLite::OPEN_READONLY | SQLite::OPEN_URI : SQLite::OPEN_READWRITE) |
            SQLite::OPEN_NOMUTEX);
    sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    database.exec("PRAGMA locking_mode=EXCLUSIVE");
    database.exec("PRAGMA trusted_schema=OFF");
    SQLite::Statement queues(database, "SELECT name, only_words FROM queue WHERE name<>'-'");
    while (found.size() < max_named_queues && queues.executeStep()) {
      QueueName queue{queues.getColumn(0).getString(), words_of(queues.getColumn(1).getString())};
      const bool good =
          is_of(queue.name, of_names) && queue.name.size() <= longest_name && queue.name != "-" &&
          std::all_of(queue.only.begin(), queue.only.end(),
                      [](const std::string& word) { return is_of(word, of_keywords); }) &&
          std::none_of(found.begin(), found.end(),
                       [&](const QueueName& other) { return other.name == queue.name; });
      if (good) found.push_back(std::move(queue));
    }
  } catch (const std::exception&) {
    // What was read until then is better than nothing.
  }
  return found;
}

}  // namespace msn::store
