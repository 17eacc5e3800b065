// SPDX-License-Identifier: MIT
#include "core/network/msnp/challenge.hpp"

#include "core/network/msnp/md5.hpp"

#include <catch2/catch.hpp>

namespace msn::network::msnp {

TEST_CASE("MD5 has the values of RFC 1321") {
  CHECK(md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(md5_hex("abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(md5_hex("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(
      md5_hex("12345678901234567890123456789012345678901234567890123456789012345678901234567890") ==
      "57edf4a22be3c955ac49da2e2107b67a");
  CHECK(md5_hex(std::string(56, 'a')) == "3b0c8ac703f828b04c6c197006d17218");
}

TEST_CASE("the MSNP11 challenge has the published answers") {
  constexpr Product msn7{"PROD0101{0RM?UBW", "CFHUR$52U_{VIX5T"};
  constexpr Product msn8{"PROD01065C%ZFN6F", "O4BG@C7BWLYQX?5G"};
  CHECK(answer_long("13038318816579321232", msn7) == "5f6ae998b8fa70c37b62980f71a0e736");
  CHECK(answer_long("93662730714769834295", msn7) == "003ed1b1be3ca0d81f83a587ebbe3675");
  CHECK(answer_long("15570131571988941333", msn8) == "47d2b1e24f85947bdd29b3bfe29f027b");
}

TEST_CASE("the MSNP11 challenge has the answer that a server accepted") {
  CHECK(answer_long("29486875261902895628", product_long) == "c978da0b87c147ce95bb2445fdad310f");
  CHECK(answer_long("64892672253039586098", product_long) == "c012883047a5af8e7a1431b7df22e281");
  CHECK(answer_long("66117908970038601007", product_long) == "668b431ccb2b54e49642e7ef9dfa2b0b");
}

TEST_CASE("the MSNP8 challenge has the published answer and one that a server accepted") {
  constexpr Product old{"msmsgs@msnmsgr.com", "Q1P7W2E4J9R8U3S5"};
  CHECK(answer_md5("15570131571988941333", old) == "8f2f5a91b72102cd28355e9fc9000d6e");
  CHECK(answer_md5("16313869793158385405", product_md5) == "e37357b88ec519ce5753ff2364c82149");
  CHECK(answer_md5("67179669909336371194", product_md5) == "560b748752a3f7813eafb1f38fd02a48");
}

TEST_CASE("any bytes are accepted as a challenge") {
  CHECK(answer_long("", product_long).size() == 32);
  CHECK(answer_long(std::string(1000, '\xff'), product_long).size() == 32);
}

}  // namespace msn::network::msnp
