// FakeVisitors: sbx.visitors/1 over FakeFanout and FakeLog.  Who knocked, who the connections are, what they said; the
// test says whom it lets in.  What a client may say becomes an event of the log, as in the host.
//
//   auto &visitors = host.part<sbx::testing::FakeVisitors>();      // before the plugin is made
//   visitors.shut.insert("192.0.2.1");                  // this address knocks in vain
//   visitors.of(conn)->token                            // what is known of a connection by now
//   visitors.entered.back()                             // one enter, with what it said and no more
//   visitors.say_answer = SBX_FULL;                     // instead of judging what is said
//   visitors.said.back().data
#pragma once
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../json_scan.hpp"
#include "fake_fanout.hpp"
#include "fake_host.hpp"
#include "fake_log.hpp"

namespace sbx::testing {

class FakeVisitors {
 public:
  struct Visitor {
    bool tls = false;
    std::string id, peer, auth, token;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string header(std::string_view name) const {
      for (const auto &[key, value] : headers)
        if (key == name) return value;
      return {};
    }
  };
  struct Enter {
    sbx_id conn;
    Visitor visitor;
  };
  struct Saying {
    sbx_id conn;
    std::string channel, event, data;
    bool operator==(const Saying &) const = default;
  };

  std::vector<std::string> knocks;       // the peers, those that were turned away too
  std::set<std::string> shut;            // peers that are turned away
  std::vector<Enter> entered;            // every enter that was answered OK or ETOOBIG
  std::vector<Saying> said;              // every say, whatever became of it
  std::optional<sbx_status> say_answer;  // else the rules of sbx_visitors.h
  bool route = true;                     // what may be said becomes an event of the log, in a later turn

  explicit FakeVisitors(FakeHost &host) : host_(host), fanout_(host.part<FakeFanout>()), log_(host.part<FakeLog>()) {
    host.provide(SBX_VISITORS, table());
    fanout_.on_transfer = [this, before = fanout_.on_transfer](sbx_id from, sbx_id to) {
      if (before) before(from, to);
      if (auto node = known_.extract(from); !node.empty()) known_[to] = std::move(node.mapped());
    };
  }

  // Who this connection is, by all that was said of it; nullptr = nobody said, or it has ended.
  const Visitor *of(sbx_id conn) const {
    const auto found = known_.find(conn);
    return found == known_.end() || fanout_.takes_frames(conn) != SBX_OK ? nullptr : &found->second;
  }

 private:
  static constexpr size_t kNameMax = 1024;

  static FakeVisitors &at(const sbx_host *h) { return FakeHost::at(h).part<FakeVisitors>(); }
  static bool lower(std::string_view name) {
    return std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  }
  static bool kept(std::string_view name) {
    constexpr std::string_view kKept[] = {"cookie", "authorization", "referer",
                                          "origin", "user-agent",    "accept-language"};
    return std::count(std::begin(kKept), std::end(kKept), name) > 0;
  }

  sbx_status knock(std::string_view peer) {
    knocks.emplace_back(peer);
    return shut.contains(knocks.back()) ? SBX_EREFUSED : SBX_OK;
  }
  sbx_status enter(sbx_id conn, const sbx_visitor &v) {
    if (v.size < sizeof(sbx_visitor)) fault("R5: a visitor without its size");
    if (fanout_.takes_frames(conn) != SBX_OK) return SBX_ESTALE;
    Enter &now = entered.emplace_back(Enter{conn, {}});
    now.visitor = {(v.flags & SBX_REQ_TLS) != 0, std::string(view(v.id)),    std::string(view(v.peer)),
                   std::string(view(v.auth)),    std::string(view(v.token)), {}};
    for (size_t i = 0; i < v.header_count; ++i) {
      now.visitor.headers.emplace_back(view(v.headers[i].key), view(v.headers[i].value));
      if (!lower(now.visitor.headers.back().first)) fault("a visitor's header whose name is not in lower case");
    }
    if (!now.visitor.auth.empty() && !sbx::json::valid(now.visitor.auth)) fault("a visitor's auth that is no JSON");
    return remember(known_[conn], now.visitor) ? SBX_OK : SBX_ETOOBIG;
  }
  // What is empty stays as it was.  False: it is too much, and kept without credentials.
  static bool remember(Visitor &known, const Visitor &now) {
    for (const auto field : {&Visitor::id, &Visitor::peer, &Visitor::auth, &Visitor::token})
      if (!(now.*field).empty()) known.*field = now.*field;
    if (!now.headers.empty()) {
      known.tls = now.tls;
      known.headers = now.headers;
      std::erase_if(known.headers, [](const auto &header) { return !kept(header.first); });
    }
    size_t bytes = known.auth.size() + known.token.size();
    for (const auto &[key, value] : known.headers) bytes += key.size() + value.size();
    if (bytes <= SBX_VISITOR_MAX) return true;
    known.auth.clear();
    known.token.clear();
    known.headers.clear();
    return false;
  }
  sbx_status say(sbx_id conn, const Saying &saying) {
    said.push_back(saying);
    const sbx_status answer = say_answer ? *say_answer : judge(conn, saying);
    if (answer != SBX_OK || !route) return answer;
    Event e{.channel = saying.channel, .name = saying.event, .data = saying.data};
    if (const Visitor *sender = of(conn)) e.except = sender->id;
    e.attrs = {{"source", "client"}};
    e.transient = true;
    host_.later([this, e] { log_.place(e); });
    return SBX_OK;
  }
  sbx_status judge(sbx_id conn, const Saying &s) const {
    if (s.channel.size() > kNameMax || s.event.size() > kNameMax) return SBX_EINVAL;
    if (s.data.size() > SBX_SAYING_MAX) return SBX_ETOOBIG;
    if (!sbx::json::valid(s.data) || !sbx::json::valid_utf8(s.event)) return SBX_EINVAL;
    if (!FakeLog::restricted(s.channel) || !s.event.starts_with("client-")) return SBX_EREFUSED;
    return log_.live(conn, s.channel) ? SBX_OK : SBX_ENOENT;
  }
  static const sbx_visitors *table() {
    static const sbx_visitors t{
        sizeof(sbx_visitors), 0, [](const sbx_host *h, sbx_str peer) noexcept { return at(h).knock(view(peer)); },
        [](const sbx_host *h, sbx_id conn, const sbx_visitor *v) noexcept { return at(h).enter(conn, *v); },
        [](const sbx_host *h, sbx_id conn, sbx_str channel, sbx_str event, sbx_str data) noexcept {
          return at(h).say(conn, {conn, std::string(view(channel)), std::string(view(event)), std::string(view(data))});
        }};
    return &t;
  }

  FakeHost &host_;
  FakeFanout &fanout_;
  FakeLog &log_;
  std::map<sbx_id, Visitor> known_;
};

}  // namespace sbx::testing
