#include <algorithm>
#include <cctype>

#include "tests/auth_tokens/token_rig.hpp"

using namespace auth_test;

namespace {

const std::string kKey(32, 'k');
const std::string kOld(32, 'o');

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}
// As an application makes it.
std::string ticket_of(std::string_view channel, std::string_view expiry, std::string_view key = kKey) {
  return std::string(expiry) + "." + hex(jose_test::hmac_bytes(std::string(channel) + "\n" + std::string(expiry), key));
}
std::string in(int64_t seconds) { return std::to_string(kNow + seconds); }
std::unique_ptr<TokenRig> ticket_rig() {
  auto rig = std::make_unique<TokenRig>();
  REQUIRE(rig->ticket(R"({"key":")" + kKey + "\"}"));
  return rig;
}

}  // namespace

TEST_CASE("a ticket opens its channel until its time") {
  const auto rig = ticket_rig();
  const std::string ticket = ticket_of("private-a", in(60));
  const auto &said = rig->judge("private-a", ticket);
  CHECK(TokenRig::text_of(said) == "good");
  CHECK(said.until_ns == (kNow + 60) * kSecondNs);
  CHECK(said.principal.empty());
  CHECK(said.member.empty());
  rig->host.advance(59 * kSecondNs);
  CHECK(rig->verdict("private-a", ticket) == "good");
  rig->host.advance(kSecondNs);
  CHECK(rig->verdict("private-a", ticket) == "expired 401");
}

// What docs/AUTH.md's shell line gives for the key of 32 k's.
TEST_CASE("a ticket that openssl made in a shell is good") {
  const auto rig = ticket_rig();
  CHECK(rig->verdict("private-orders.7",
                     "1700001060.9cce06b1812c3018d0c1eac07d1a469f9ce78655dcf1df97ee9078cbaf766192") == "good");
}

TEST_CASE("a ticket is for one channel") {
  const auto rig = ticket_rig();
  const std::string ticket = ticket_of("private-a", in(60));
  for (const char *other : {"private-b", "private-a.1", "private-", "Private-a", "private-a ", "private-a\n"})
    CHECK(rig->verdict(other, ticket) == "bad_ticket 401");
  CHECK(rig->verdict("private-a", "") == "no_ticket 401");
  // It names nobody, so it opens no presence channel, whatever it says.
  CHECK(rig->verdict("presence-a", ticket_of("presence-a", in(60))) == "no_member 403");
  CHECK(rig->verdict("presence-a", "") == "no_member 403");
}

TEST_CASE("a line feed in a channel does not move what is signed") {
  const auto rig = ticket_rig();
  // Signed for a channel with a time in its name; shown for the channel without it, and the other way round.
  const std::string mac = ticket_of("a\n" + in(60), in(90));
  CHECK(rig->verdict("a", mac) == "bad_ticket 401");
  CHECK(rig->verdict("a", in(60) + "\n" + mac) == "bad_ticket 401");
  CHECK(rig->verdict("a", in(60) + mac.substr(mac.find('.'))) == "bad_ticket 401");
  CHECK(rig->verdict("a\n" + in(60), ticket_of("a", in(60))) == "bad_ticket 401");
  CHECK(rig->verdict("a\n" + in(60), mac) == "good");
}

TEST_CASE("the hexadecimal part may be in any case, and nothing else may differ") {
  const auto rig = ticket_rig();
  const std::string ticket = ticket_of("a", in(60));
  std::string upper = ticket;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  CHECK(rig->verdict("a", upper) == "good");
  for (size_t i = 0; i < ticket.size(); ++i) {
    std::string changed = ticket;
    changed[i] = changed[i] == '1' ? '2' : '1';
    CHECK(rig->verdict("a", changed) == "bad_ticket 401");
    CHECK(rig->verdict("a", ticket.substr(0, i)) == (i == 0 ? "no_ticket 401" : "bad_ticket 401"));
  }
  const std::string mac = ticket.substr(ticket.find('.'));
  for (const std::string &bad :
       {ticket + "0", ticket + " ", " " + ticket, ticket + "\n", "+" + ticket, "-" + ticket, "0" + ticket, "0x1" + mac,
        mac, "." + ticket, in(60) + "." + mac, in(60) + ".0" + mac, std::string(1'000'000, '1')})
    CHECK(rig->verdict("a", bad) == "bad_ticket 401");
}

TEST_CASE("a time is a plain number, not too far ahead") {
  const auto rig = ticket_rig();
  const auto says = [&](const std::string &expiry) { return rig->verdict("a", ticket_of("a", expiry)); };
  CHECK(says(in(400 * 86400)) == "good");
  CHECK(says(in(400 * 86400 + 1)) == "bad_ticket 401");
  CHECK(says(in(0)) == "expired 401");
  CHECK(says("1") == "expired 401");
  for (const char *bad :
       {"", "0", "01700001060", "+1700001060", "-1", "1700001060 ", " 1700001060", "1.7e9", "0x65", "99999999999",
        "9223372036854775807", "18446744075409552676", "1700001060000", "99999999999999999999999999"})
    CHECK(says(bad) == "bad_ticket 401");
}

TEST_CASE("keys are changed without a pause") {
  TokenRig rig;
  rig.files.put("old", kOld + "\r\n");
  REQUIRE(rig.ticket(R"({"key":[")" + kKey + R"(",{"file":"old"}]})"));
  const std::string by_new = ticket_of("a", in(60)), by_old = ticket_of("a", in(60), kOld);
  CHECK(rig.verdict("a", by_new) == "good");
  CHECK(rig.verdict("a", by_old) == "good");
  const std::string newest(40, 'n');
  rig.files.put("old", newest);
  rig.host.turn();
  CHECK(rig.verdict("a", by_old) == "bad_ticket 401");
  CHECK(rig.verdict("a", ticket_of("a", in(60), newest)) == "good");
  rig.files.put("old", "short");
  rig.host.turn();
  CHECK(rig.verdict("a", ticket_of("a", in(60), newest)) == "good");
  CHECK(rig.host.logged("the old ones stay") == 1);
}

TEST_CASE("a key that could be guessed, or is none, is refused") {
  const auto judged = [](const std::string &options) {
    TokenRig rig;
    rig.files.put("short", std::string(31, 'k') + "\n");
    return rig.ticket(options) ? "fine" : rig.problem();
  };
  CHECK(judged(R"({"key":")" + kKey + "\"}") == "fine");
  CHECK(judged(R"({"key":")" + kKey.substr(1) + "\"}") == "/rules/0/ticket/key");
  CHECK(judged(R"({"key":""})") == "/rules/0/ticket/key");
  CHECK(judged("{}") == "/rules/0/ticket/key");
  CHECK(judged(R"({"key":[]})") == "/rules/0/ticket/key");
  CHECK(judged(R"({"key":{"file":"short"}})") == "/rules/0/ticket/key");
  CHECK(judged(R"({"key":{"file":"gone"}})") == "/rules/0/ticket/key");
  CHECK(judged(R"({"key":[")" + kKey + R"(","short"]})") == "/rules/0/ticket/key/1");
  std::string nine = "\"" + kKey + "\"";
  for (int i = 0; i < 8; ++i) nine += ",\"" + kKey + "\"";
  CHECK(judged(R"({"key":[)" + nine + "]}") == "/rules/0/ticket/key");
  CHECK(judged(R"({"key":)" + quoted(es256().pem()) + "}") == "/rules/0/ticket/key");
}
