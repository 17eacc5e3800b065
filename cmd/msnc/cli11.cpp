// SPDX-License-Identifier: MIT
#include "cmd/msnc/cli11.hpp"

#include <algorithm>

// CLI11 includes <iostream>, whose streams would be made at every start though nothing here uses
// them, which an empty poll can feel. libstdc++ takes it for included already.
#ifdef __GLIBCXX__
#define _GLIBCXX_IOSTREAM 1
#include <istream>
#include <ostream>
namespace std {
extern istream cin;
extern ostream cout, cerr, clog;
}  // namespace std
#endif

#include "cmd/option_errors.hpp"

namespace msn::msnc {
namespace {

// Without the help flag that every other CLI::App makes for itself first.
class Parser : public CLI::App {
 public:
  Parser() : App({}, {}, nullptr) {}
};

CLI::Option* declare(CLI::App& app, const Option& option) {
  if (!option.takes_value())
    return app.add_flag(std::string(option.names))->disable_flag_override();
  CLI::Option* it = app.add_option(std::string(option.names))->expected(1)->allow_extra_args(false);
  return it->multi_option_policy(option.kind == Option::Kind::list
                                     ? CLI::MultiOptionPolicy::TakeAll
                                     : CLI::MultiOptionPolicy::TakeLast);
}

}  // namespace

std::optional<std::string> parse_options(std::vector<std::string> reversed,
                                         const std::vector<const Option*>& options,
                                         Arguments& arguments) {
  Parser app;
  std::vector<CLI::Option*> declared;
  declared.reserve(options.size());
  for (const Option* option : options) declared.push_back(declare(app, *option));
  // A positional option of CLI11 takes "[a,b]" apart, and a text may look like that; what is left
  // over comes out as it went in.
  app.allow_extras();
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return option_error(error);
  }
  for (std::size_t i = 0; i < options.size(); ++i)
    if (declared[i]->count() > 0) arguments.set(options[i]->key(), declared[i]->results());
  arguments.words = app.remaining();
  const auto mark = std::find(arguments.words.begin(), arguments.words.end(), "--");
  if (mark != arguments.words.end()) arguments.words.erase(mark);
  return std::nullopt;
}

}  // namespace msn::msnc
