// SPDX-License-Identifier: MIT
#include "core/model/email.hpp"

#include "core/base/text.hpp"

namespace msn::model {
namespace {

constexpr std::size_t longest = 129;  // bytes (msncd-protocol(7) 3)

tl::unexpected<Error> not_an_address(std::string_view text, std::string_view why) {
  // The text may be a kilobyte long; show no more than an address could have.
  std::string message = "\"" + visible(cut_text(text, longest)) + "\" is not an e-mail address: ";
  message += why;
  return fail(ErrorCode::invalid, std::move(message));
}

}  // namespace

Result<std::string> parse_email(std::string_view text) {
  if (text.empty()) return fail(ErrorCode::invalid, "an e-mail address is missing");
  if (text.size() > longest) return not_an_address(text, "it is longer than 129 bytes");
  if (!is_utf8(text)) return not_an_address(text, "it is not UTF-8");
  if (text.find(' ') != std::string_view::npos) return not_an_address(text, "it contains a space");
  if (without_controls(text).size() != text.size())
    return not_an_address(text, "it contains a control character");
  const std::size_t first = text.find('@');
  if (first == std::string_view::npos) return not_an_address(text, "it has no @");
  if (first == 0) return not_an_address(text, "nothing is before the @");
  if (text.back() == '@') return not_an_address(text, "nothing is after the @");
  return to_lower_ascii(text);
}

}  // namespace msn::model
