// SPDX-License-Identifier: MIT
#include "core/model/email.hpp"

#include "core/base/text.hpp"

namespace msn::model {
namespace {

constexpr std::size_t longest = 129;  // bytes (protocol 3)

tl::unexpected<Error> not_an_address(std::string_view text, std::string_view why) {
  // A hint needs no more of what may be a kilobyte of rubbish.
  std::string message = "\"" + visible(cut_text(text, longest)) + "\" is not an e-mail address: ";
  message += why;
  return fail(ErrorCode::invalid, std::move(message));
}

}  // namespace

Result<std::string> parse_email(std::string_view text) {
  if (text.empty()) return fail(ErrorCode::invalid, "an e-mail address is missing");
  if (text.size() > longest) return not_an_address(text, "longer than 129 bytes");
  if (!is_utf8(text)) return not_an_address(text, "not UTF-8");
  if (text.find(' ') != std::string_view::npos) return not_an_address(text, "it holds a space");
  if (without_controls(text).size() != text.size())
    return not_an_address(text, "it holds a control character");
  const std::size_t first = text.find('@');
  if (first == std::string_view::npos) return not_an_address(text, "it has no @");
  if (first == 0 || text.back() == '@') return not_an_address(text, "nothing on one side of the @");
  return to_lower_ascii(text);
}

}  // namespace msn::model
