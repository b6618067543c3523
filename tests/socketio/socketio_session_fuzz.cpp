// A whole sink on the fake host under random requests, messages, broken lines and passing time.  The input is a script,
// one instruction a line: its first letter says what, its second whose, the rest is data.  A script that begins with E
// is for mode echo.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/socketio/server.hpp"

namespace {

constexpr std::string_view kOptions =
    R"(,"ping_interval":300,"ping_timeout":200,"connect_timeout":1000,"max_payload":4096,"outbox":{"bytes":65536})"
    R"(,"resume_for":2000,"resume_sessions_max":3,"channels_max":4)";

struct Script {
  explicit Script(bool in_echo) : s(std::string(kOptions) + (in_echo ? R"(,"mode":"echo")" : "")), echo(in_echo) {
    s.log.retain("*", 3, sbx::testing::FakeLog::Replay::kRetained);
    s.log.channels_max = 2;
    s.log.vouch("private-*");
    s.log.vouch("presence-*");
    s.log.here["presence-a"] = "[{}]";
  }
  Server s;
  const bool echo;
  std::vector<std::string> sids = {"none"};
  std::vector<sbx_id> open;

  const std::string &sid(char who) { return sids[static_cast<unsigned char>(who) % sids.size()]; }
  sbx_id conn(char who) { return open.empty() ? 0 : open[static_cast<unsigned char>(who) % open.size()]; }

  void keep(sbx_id id) {
    open.push_back(id);
    std::string plain = s.body(id);
    for (const auto &message : s.http[id].received) plain += message.data;
    std::erase(plain, '\\');
    if (auto found = Server::sid_in(plain); !found.empty()) sids.push_back(found);
  }
  std::string carry(char who, std::string_view more) { return "transport=polling&sid=" + sid(who) + std::string(more); }

  void run(char what, char who, std::string_view rest) {
    const sbx_id id = conn(who);
    switch (what) {
      case 'h':
        return keep(s.request(rest));
      case 'w':
        return keep(s.websocket(rest));
      case 'g':
        return keep(s.request(carry(who, rest)));
      case 'p':
        return keep(s.post(sid(who), rest));
      case 'b':
        return keep(s.post(sid(who), rest, "application/octet-stream"));
      case 'j':
        return keep(s.post(sid(who), rest, "application/x-www-form-urlencoded", "&j=1"));
      case 'u':
        return keep(s.websocket("transport=websocket&sid=" + sid(who)));
      case 'e':  // mode broadcast: in mode echo an event comes by way of the log only
        if (!echo) s.event("c", "e", rest, sid(who));
        return;
      case 'l':
        s.log.event({.channel = std::string(1, who), .name = "e", .data = std::string(rest), .except = sid(who)});
        return;
      case 'x':
        return s.log.lose(std::string(1, who));
      case 'a':  // who comes and goes
        return s.log.presence("presence-a", (who & 1) ? "joining" : (who & 2) ? "leaving" : "here", rest, {id});
      case 'r':  // an admission ends, or begins to be refused
        return void((who & 1) ? s.log.end(id, rest) : (s.log.refuse_with(rest, static_cast<uint32_t>(who)), false));
      case 'q':
        return s.log.think(who & 1);
      case 'k':
        (who & 1) ? void(s.visitors.shut.insert("192.0.2.1")) : s.visitors.shut.clear();
        return;
      case 'o':
        return (who & 1) ? s.log.hold(who & 2) : s.log.hand(static_cast<size_t>(who & 6));
      case 't':
        s.host.advance((static_cast<unsigned char>(who) + 1) * 10 * sbx::kMillisecondNs);
        return;
      default:
        break;
    }
    if (!id) return;
    if (what == 'm') s.http.message(id, rest);
    if (what == 'n') s.http.message(id, rest, true);
    if (what == 'd') s.http.drop(id);
    if (what == 's') s.fanout.stall(id, who & 1);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string_view script(reinterpret_cast<const char *>(data), size);
  Script run(script.starts_with("E"));
  for (int lines = 0; !script.empty() && lines < 200; ++lines) {
    const std::string_view line = script.substr(0, script.find('\n'));
    script.remove_prefix(std::min(script.size(), line.size() + 1));
    if (line.size() >= 2) run.run(line[0], line[1], line.substr(2));
  }
  // Left alone, every client goes: nothing may stay behind.
  for (sbx_id id = 1; id <= run.s.http.requests(); ++id) run.s.fanout.stall(id, false);
  run.s.log.think(false);
  run.s.log.hold(false);
  run.s.host.advance(5 * sbx::kSecondNs);
  if (run.s.log.at_gate() != 0) std::abort();
  if (run.s.host.metric("signalbox_socketio_clients", "polling") != 0) std::abort();
  if (run.s.host.metric("signalbox_socketio_clients", "websocket") != 0) std::abort();
  if (run.s.fanout.virtual_members() != 0 || !run.s.fanout.groups.empty() || run.s.host.timers() != 0) std::abort();
  return 0;
}
