// SPDX-License-Identifier: MIT
#include "core/network/msnp/passport.hpp"

#include <catch2/catch.hpp>

namespace msn::network::msnp {
namespace {

TicketDialogue::Login alice() {
  return {"https://nexus.example/rdr/pprdr.asp", "alice@example.com", Secret("p,w=d% \xC3\xBC+"),
          "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1", false};
}
HttpAnswer answer(int status, std::string name, std::string value) {
  return {status, {{std::move(name), std::move(value)}}};
}

}  // namespace

TEST_CASE("a login requests the nexus and then the login URL with the encoded password") {
  TicketDialogue dialogue(alice());
  auto first = dialogue.request();
  REQUIRE(first);
  CHECK(first->url == "https://nexus.example/rdr/pprdr.asp");
  CHECK(first->authorization.text().empty());
  dialogue.answer(answer(200, "Passporturls", "DALogin=https://localhost:8443/login"));
  auto second = dialogue.request();
  REQUIRE(second);
  CHECK(second->url == "https://localhost:8443/login");
  CHECK(second->authorization.text() ==
        "Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,"
        "sign-in=alice%40example.com,pwd=p%2Cw%3Dd%25%20%C3%BC%2B,"
        "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1");
  dialogue.answer(answer(200, "authentication-info",
                         "Passport1.4 da-status=success,from-PP='41f0cb0d1a1d1b5d0bd7'"));
  REQUIRE(dialogue.result());
  CHECK(**dialogue.result() == "41f0cb0d1a1d1b5d0bd7");
  CHECK(!dialogue.request());
}

TEST_CASE("all forms of the nexus's login URL are accepted") {
  CHECK(login_url("DARealm=Passport.Net,DALogin=login.passport.com/login2.srf,ConfigVersion=15") ==
        "https://login.passport.com/login2.srf");
  CHECK(login_url("DALogin=http://127.0.0.1/x") == "http://127.0.0.1/x");
  for (const auto* bad : {"", "DARealm=x", "DALogin=", "DALogin=ftp://x/y", "DALogin=https://",
                          "XDALogin=a/b", "DALogin=ho st/x"})
    CHECK(!login_url(bad));
}

TEST_CASE("a ticket ends at the quote or at the comma") {
  CHECK(ticket("Passport1.4 da-status=success,tname=MSPAuth,from-PP='t=9,a&p=b',ru=http://x") ==
        "t=9,a&p=b");
  CHECK(ticket("Passport1.4 dastatus=success,from-PP=abc,ru=x") == "abc");
  CHECK(!ticket("Passport1.4 da-status=success"));
  CHECK(!ticket("from-PP=''"));
  CHECK(!ticket("from-PP='a b'"));
  CHECK(!ticket("from-PP='" + std::string(5000, 'x') + "'"));
}

TEST_CASE("a wrong password is 911 with the server's text") {
  TicketDialogue dialogue(alice());
  dialogue.answer(answer(200, "PassportURLs", "DALogin=login.example/x"));
  SECTION("without a text") {
    dialogue.answer(answer(401, "WWW-Authenticate", "Passport1.4 da-status=failed"));
    CHECK(dialogue.result()->error().message == "Authentication failed");
  }
  SECTION("with a text") {
    dialogue.answer(answer(401, "www-authenticate",
                           "Passport1.4 da-status=failed,srealm=Passport.NET,ts=-3,prompt,"
                           "cburl=http://x/y,cbtxt=Try%20again%0Alater"));
    CHECK(dialogue.result()->error().message == "Authentication failed: Try againlater");
  }
  CHECK(dialogue.result()->error().code == ErrorCode::login_refused);
  CHECK(dialogue.result()->error().number == 911);
}

TEST_CASE("redirects get the password only over https and are limited") {
  TicketDialogue dialogue(alice());
  dialogue.answer(answer(302, "Location", "https://other.example/nexus"));
  CHECK(dialogue.request()->url == "https://other.example/nexus");
  dialogue.answer(answer(200, "PassportURLs", "DALogin=login.example/a/login.srf?x=1"));
  SECTION("to a related host") {
    for (const std::string url : {"https://second.login.example/x", "https://a.nexus.example/x"}) {
      dialogue.answer(answer(302, "location", url));
      CHECK(dialogue.request()->url == url);
      CHECK(!dialogue.request()->authorization.text().empty());
    }
  }
  SECTION("not to an unrelated host") {
    dialogue.answer(answer(302, "Location", "https://second.example/login"));
    CHECK(!dialogue.request());
    REQUIRE(dialogue.result());
    CHECK(dialogue.result()->error().code == ErrorCode::network);
    CHECK(dialogue.result()->error().message ==
          "the login server login.example redirects the password to the unrelated host"
          " second.example");
  }
  SECTION("relative") {
    dialogue.answer(answer(302, "Location", "next.srf"));
    CHECK(dialogue.request()->url == "https://login.example/a/next.srf");
    dialogue.answer(answer(302, "Location", "/top"));
    CHECK(dialogue.request()->url == "https://login.example/top");
  }
  SECTION("not to plain http") {
    dialogue.answer(answer(302, "Location", "http://login.example/x"));
    REQUIRE(dialogue.result());
    CHECK(dialogue.result()->error().code == ErrorCode::network);
    CHECK(dialogue.result()->error().message.find("insecure_login = yes") != std::string::npos);
  }
  SECTION("not more than five times") {
    for (int i = 0; i < 10 && !dialogue.result(); ++i)
      dialogue.answer(answer(302, "Location", "https://login.example/again"));
    REQUIRE(dialogue.result());
    CHECK(!*dialogue.result());
  }
  SECTION("without a Location") {
    dialogue.answer({302, {}});
    CHECK(dialogue.result()->error().code == ErrorCode::network);
  }
}

TEST_CASE("the password is sent over plain http only with insecure_login") {
  auto login = alice();
  SECTION("without it") {
    TicketDialogue dialogue(std::move(login));
    dialogue.answer(answer(200, "PassportURLs", "DALogin=http://localhost/login"));
    CHECK(dialogue.result()->error().code == ErrorCode::network);
    CHECK(!dialogue.request());
  }
  SECTION("with it") {
    login.insecure = true;
    TicketDialogue dialogue(std::move(login));
    dialogue.answer(answer(200, "PassportURLs", "DALogin=http://localhost/login"));
    CHECK(dialogue.request()->url == "http://localhost/login");
  }
}

TEST_CASE("the nexus needs https because it names the login server") {
  auto login = alice();
  SECTION("the setting has plain http") {
    login.nexus = "http://nexus.example/";
    TicketDialogue dialogue(std::move(login));
    CHECK(!dialogue.request());
    REQUIRE(dialogue.result());
    CHECK(dialogue.result()->error().code == ErrorCode::network);
    CHECK(dialogue.result()->error().message.find("insecure_login = yes") != std::string::npos);
  }
  SECTION("it redirects to plain http") {
    TicketDialogue dialogue(std::move(login));
    dialogue.answer(answer(302, "Location", "HTTP://nexus.example/"));
    CHECK(!dialogue.request());
    REQUIRE(dialogue.result());
    CHECK(dialogue.result()->error().message.find("insecure_login = yes") != std::string::npos);
  }
  SECTION("insecure_login allows it") {
    login.nexus = "http://nexus.example/";
    login.insecure = true;
    TicketDialogue dialogue(std::move(login));
    CHECK(dialogue.request()->url == "http://nexus.example/");
    dialogue.answer(answer(302, "Location", "/x"));
    CHECK(dialogue.request()->url == "http://nexus.example/x");
  }
}

TEST_CASE("server errors are no wrong password") {
  TicketDialogue dialogue(alice());
  SECTION("at the nexus") {
    dialogue.answer(answer(503, "PassportURLs", "DALogin=a/b"));
  }
  SECTION("no login address") {
    dialogue.answer({200, {}});
  }
  SECTION("at the login") {
    dialogue.answer(answer(200, "PassportURLs", "DALogin=a.example/b"));
    dialogue.answer({500, {}});
  }
  SECTION("no ticket") {
    dialogue.answer(answer(200, "PassportURLs", "DALogin=a.example/b"));
    dialogue.answer(answer(200, "Authentication-Info", "Passport1.4 da-status=success"));
  }
  REQUIRE(dialogue.result());
  CHECK(dialogue.result()->error().code == ErrorCode::network);
}

TEST_CASE("hosts are related by their parent domain unless it is a public suffix") {
  CHECK(are_related("a.login.example.org", "B.login.example.org"));
  CHECK(are_related("a.login.example.org", "login.example.org"));
  CHECK(are_related("login.example.org", "a.login.example.org"));
  CHECK(are_related("login.example.org", "LOGIN.example.org"));
  CHECK(!are_related("login.example.org", "login2.example.org"));
  CHECK(!are_related("a.login.example.org", "badlogin.example.org"));
  CHECK(!are_related("msn.co.uk", "other.co.uk"));
  CHECK(!are_related("msn.co.uk", "co.uk"));
  CHECK(!are_related("localhost", "org"));
  CHECK(are_related("example.org", "login.example.org"));
  CHECK(are_related("localhost", "localhost"));
  CHECK(are_related("192.0.2.1", "192.0.2.1"));
  CHECK(!are_related("example.org", "example.net"));
  CHECK(!are_related("example.org", "other.org"));
  CHECK(!are_related("login.example.org", "badexample.org"));
  CHECK(!are_related("192.0.2.1", "192.0.2.2"));
  CHECK(!are_related("a.b.2.1", "192.0.2.1"));
}

TEST_CASE("a failed request is reported with the name of its setting") {
  TicketDialogue dialogue(alice());
  dialogue.failed({ErrorCode::network, "cannot find the host nexus.example"});
  CHECK(!dialogue.request());
  CHECK(dialogue.result()->error().message == "nexus: cannot find the host nexus.example");
}

TEST_CASE("URLs are resolved as browsers do") {
  CHECK(resolve_url("https://a.example/b/c?d", "e") == "https://a.example/b/e");
  CHECK(resolve_url("https://a.example", "e") == "https://a.example/e");
  CHECK(resolve_url("https://a.example?q", "/e") == "https://a.example/e");
  CHECK(resolve_url("https://a.example/x", "//b.example/y") == "https://b.example/y");
  // A URL in a query is part of the query.
  CHECK(resolve_url("https://a.example/x", "/login?ru=http://b.example/y") ==
        "https://a.example/login?ru=http://b.example/y");
  CHECK(resolve_url("https://a.example/x", "y?ru=http://b") == "https://a.example/y?ru=http://b");
  CHECK(resolve_url("https://a.example/x", "https://b.example?ru=http://c") ==
        "https://b.example?ru=http://c");
  CHECK(login_url("DALogin=login.example/x?ru=http://messenger.example") ==
        "https://login.example/x?ru=http://messenger.example");
}

}  // namespace msn::network::msnp
