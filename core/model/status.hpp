// SPDX-License-Identifier: MIT
// The statuses of protocol 4, and their codes on MSN servers (Annex A).
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace msn::model {

enum class Status { online, away, busy, brb, phone, lunch, invisible, idle, offline };

struct StatusName {
  Status status;
  std::string_view name;  // on the pipe and the command line
  std::string_view code;  // on MSN servers
};

std::span<const StatusName> statuses();
std::string_view status_name(Status);
std::string_view status_code(Status);
std::optional<Status> status_from_name(std::string_view name);
std::optional<Status> status_from_code(std::string_view code);

}  // namespace msn::model
