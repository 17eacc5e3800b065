// SPDX-License-Identifier: MIT
// The tests include <catch2/catch.hpp>, which Catch2 version 3 no longer has; where CMake finds
// that version, this file is it. The tests keep to what both versions offer. The matchers of ranges
// are left out, because one of them takes the name Contains from the matcher of strings.
#pragma once

#include <catch2/catch_approx.hpp>
#include <catch2/catch_message.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/catch_tostring.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <string>

namespace Catch {
namespace Matchers {
inline StringContainsMatcher Contains(const std::string& text) {
  return ContainsSubstring(text);
}
}  // namespace Matchers
}  // namespace Catch
