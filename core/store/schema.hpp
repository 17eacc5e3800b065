// SPDX-License-Identifier: MIT
// The tables of an event log's file, and how those of an older version become these.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>

namespace msn::store {

constexpr int schema_version = 3;

// Thrown as the code of an SQLite::Exception for a file of a newer version; not one of SQLite's.
constexpr int newer_version = -4711;

// Makes the tables in an empty database, in one transaction. The first event gets the cursor
// `started`.
void make_tables(SQLite::Database&, std::uint64_t started, bool gap_unknown);

// Converts tables of an older version in one transaction. Throws if the file is not an event log,
// or of a newer version.
void bring_up_to_date(SQLite::Database&);

}  // namespace msn::store
