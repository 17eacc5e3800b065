// SPDX-License-Identifier: MIT
// The tables of an event log, and the conversion from older versions.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>

namespace msn::store {

constexpr int schema_version = 3;

// Our own error code in an SQLite::Exception: the file is of a newer version.
constexpr int newer_version = -4711;

// Creates the tables in an empty database, in one transaction. The first event will get the cursor
// `started`. Throws SQLite::Exception.
void create_tables(SQLite::Database&, std::uint64_t started, bool gap_unknown);

// Converts tables of an older version in one transaction. Throws SQLite::Exception; with
// SQLITE_NOTADB if the file is not an event log, with newer_version if it is of a newer version.
void upgrade_tables(SQLite::Database&);

}  // namespace msn::store
