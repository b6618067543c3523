// A whole sink on the fake host under random connections, messages, events, gates, broken lines and passing time.  The
// input is a script, one instruction a line: its first letter says what, its second whose, the rest is data.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/websocket_sink/server.hpp"

namespace {

struct Script {
  Server s{
      R"(,"channels_max":3,"idle":2000,"messages_per_second":50,"outbox":{"bytes":2048,"when_full":"drop_oldest"})"};
  std::vector<sbx_id> open;
  std::vector<std::string> cursors = {"none"};

  Script() { s.log.retain("a*", 3, sbx::testing::FakeLog::Replay::kRetained); }
  static constexpr uint32_t kCodes[] = {0, 401, 403, 404, 419, 429, 503};

  void run(char what, char who, std::string_view rest) {
    const auto n = static_cast<unsigned char>(who);
    switch (what) {
      case 'o':
        return open.push_back(s.open(rest));
      case 'r':
        return open.push_back(s.open("channel=a&since=" + cursors[n % cursors.size()] + "&" + std::string(rest)));
      case 'e':
        return cursors.push_back(s.event(n & 1 ? "a" : "b", rest));
      case 'l':
        return s.log.lose(rest);
      case 'x':
        return s.log.refuse(rest);
      case 'c':
        return s.log.refuse_with(rest, kCodes[n % std::size(kCodes)]);
      case 'a':
        return s.log.admit(rest);
      case 'v':
        s.log.here[std::string(rest)] = "[{}]";
        return s.log.vouch(rest);
      case 'p':
        return s.log.presence(rest, n & 1 ? "joining" : "leaving", "{}");
      case 'w':
        return s.log.think((n & 1) != 0);
      case 'g':
        return s.log.hold((n & 1) != 0);
      case 'h':
        return s.log.hand(n % 4);
      case 't':
        return s.host.advance((n + 1) * 10 * sbx::kMillisecondNs);
      default:
        break;
    }
    if (open.empty()) return;
    const sbx_id id = open[n % open.size()];
    if (what == 'm') s.http.message(id, rest);
    if (what == 'n') s.http.message(id, rest, true);
    if (what == 's') s.http.message(id, R"({"type":"subscribe","channel":")" + std::string(rest) + "\"}");
    if (what == 'u') s.http.message(id, R"({"type":"unsubscribe","channel":")" + std::string(rest) + "\"}");
    if (what == 'y')
      s.http.message(id, R"({"type":"event","event":"client-x","channel":")" + std::string(rest) + "\"}");
    if (what == 'k') s.log.end(id, rest, kCodes[n % std::size(kCodes)]);
    if (what == 'd') s.http.drop(id);
    if (what == 'z') s.fanout.stall(id, !rest.empty());
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string_view script(reinterpret_cast<const char *>(data), size);
  Script run;
  Server &s = run.s;
  for (int lines = 0; !script.empty() && lines < 200; ++lines) {
    const std::string_view line = script.substr(0, script.find('\n'));
    script.remove_prefix(std::min(script.size(), line.size() + 1));
    if (line.size() >= 2) run.run(line[0], line[1], line.substr(2));
  }
  // Who is welcomed is welcomed first, and only once.
  for (const sbx_id id : run.open) {
    s.fanout.stall(id, false);
    const Server::Texts got = s.received(id);
    for (size_t i = 0; i < got.size(); ++i)
      if (got[i].starts_with(R"({"type":"welcome")") != (i == 0)) std::abort();
  }
  // When everybody is gone nothing may stay behind.
  s.log.hold(false);
  s.log.think(false);
  s.plugin.stop();
  if (!s.host.stopped || s.metric("connections") != 0 || s.metric("subscriptions") != 0) std::abort();
  if (!s.fanout.groups.empty() || s.host.timers() != 0 || s.log.at_gate() != 0) std::abort();
  return 0;
}
