// SPDX-License-Identifier: MIT
#include "cmd/msnc/fetch.hpp"
#include "cmd/msnc/input.hpp"
#include "core/base/text.hpp"
#include "core/client/calls.hpp"

#include <array>

namespace msn::msnc {
namespace {

constexpr std::array<std::string_view, 3> forms{
    "new NAME [--from oldest|now|CURSOR] [--only KINDS] [--if-missing]", "rm NAME", "ls"};
constexpr std::array<std::string_view, 2> examples{
    "msnc queue new cron --if-missing",
    "msnc queue new talk --only message,said; msnc watch --queue talk"};
constexpr std::array options{
    Option{"--from", Option::Kind::value, "CURSOR",
           "new: begin with the oldest event, now (default), or after a cursor", Offer::start},
    Option{"--only", Option::Kind::list, "KINDS",
           "new: store only these kinds of events, separated by commas", Offer::kind},
    Option{"--if-missing", Option::Kind::flag, "",
           "new: succeed without a change if the queue exists"}};
constexpr std::array arguments{Argument{"new|rm|ls", true, false, Offer::queue_verb},
                               Argument{"NAME", false, false, Offer::own_queue}};

Result<protocol::QNew> new_request(const Arguments& given, std::string name) {
  protocol::QNew request;
  request.name = std::move(name);
  if (const auto from = given.value("from"); from && *from != "now") {
    auto cursor = parse_cursor(*from);
    if (!cursor) return fail(std::move(cursor.error()));
    request.start = cursor->oldest ? protocol::QNew::Start::oldest : protocol::QNew::Start::cursor;
    request.cursor = cursor->cursor;
  }
  auto only = chosen_kinds(given);
  if (!only) return fail(std::move(only.error()));
  request.only = std::move(*only);
  return request;
}

Result<void> list(Context& context) {
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  auto queues = client::queue_list(**connection);
  if (!queues) return fail(std::move(queues.error()));
  context.show(Queues{std::move(*queues)});
  return {};
}

Result<void> create(Context& context, std::string name) {
  auto request = new_request(context.arguments, std::move(name));
  if (!request) return fail(std::move(request.error()));
  const auto if_exists = context.arguments.has("if-missing") ? IfExists::keep : IfExists::fail;
  return create_queue(context, *request, if_exists);
}

Result<void> remove(Context& context, std::string_view name) {
  auto connection = context.connect();
  if (!connection) return fail(std::move(connection.error()));
  return client::queue_del(**connection, name);
}

Result<void> run(Context& context) {
  const Arguments& given = context.arguments;
  const std::string& verb = given.words[0];
  const bool creates = verb == "new";
  if (!creates && verb != "rm" && verb != "ls")
    return fail(ErrorCode::usage, "queue takes new, rm or ls, not '" + visible(verb) + "'");
  if (!creates && (given.has("from") || given.has("only") || given.has("if-missing")))
    return fail(ErrorCode::usage, "--from, --only and --if-missing are only for queue new");
  if (verb == "ls") {
    if (given.words.size() > 1) return fail(ErrorCode::usage, "queue ls takes no name");
    return list(context);
  }
  if (given.words.size() < 2) return fail(ErrorCode::usage, "queue " + verb + ": NAME is missing");
  auto name = queue_name(given.words[1]);
  if (!name) return fail(std::move(name.error()));
  if (auto done = creates ? create(context, *name) : remove(context, *name); !done) return done;
  context.show(QueueDone{"queue " + verb, std::move(*name), given.has("if-missing")});
  return {};
}

}  // namespace

extern const Command queue_command;
constinit const Command queue_command{.name = "queue",
                                      .alias = "",
                                      .group = Group::messages,
                                      .summary = "manage named queues, one for each consumer",
                                      .request = "QNEW QDEL QLIST",
                                      .forms = forms,
                                      .examples = examples,
                                      .options = options,
                                      .arguments = arguments,
                                      .run = run};

}  // namespace msn::msnc
