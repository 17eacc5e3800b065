// SPDX-License-Identifier: MIT
// The statuses of msncd-protocol(7) 4.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace msn::model {

enum class Status { online, away, busy, brb, phone, lunch, invisible, idle, offline };

struct StatusName {
  Status status;
  std::string_view name;  // on the pipe and the command line
};

std::span<const StatusName> statuses();  // in the order of the enum
std::string_view status_name(Status);
std::optional<Status> status_from_name(std::string_view name);

}  // namespace msn::model
