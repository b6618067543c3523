// A gatekeeper that says what the test wrote down, and a connection that has to pass it.
#pragma once
#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/subscribe/rig.hpp"

namespace signalbox::testing {

// A filter that says what the test wrote down for a channel, or thinks.
inline std::string words_of_visitor(const sbx_visitor &v) {
  std::string out;
  for (const sbx_str part : {v.id, v.peer, v.auth, v.token}) out += std::string(text(part)) + " ";
  for (size_t i = 0; i < v.header_count; ++i)
    out += std::string(text(v.headers[i].key)) + "=" + std::string(text(v.headers[i].value)) + " ";
  return out;
}

struct Keeper {
  std::map<std::string, sbx_status> verdicts;  // OK where there is none
  std::map<std::string, sbx_grant> grants;     // answered from inside admit
  std::vector<std::pair<sbx_id, std::string>> thinking;
  std::vector<std::string> shown;  // "channel auth"
  std::string visitor;             // the last one: "id peer auth token name=value..."
  const sbx_host *host = nullptr;

  sbx_status admit(sbx_id ask, const sbx_join &join) {
    const std::string channel(text(join.channel));
    shown.push_back(channel + " " + std::string(text(join.auth)));
    visitor = join.visitor ? words_of_visitor(*join.visitor) : "nobody";
    if (const auto granted = grants.find(channel); granted != grants.end()) {
      thinking.emplace_back(ask, channel);
      answer(granted->second);
      return SBX_PENDING;
    }
    const auto found = verdicts.find(channel);
    if (found == verdicts.end()) return SBX_OK;
    if (found->second == SBX_PENDING) thinking.emplace_back(ask, channel);
    return found->second;
  }
  void answer(sbx_status verdict) {
    sbx_grant grant{};
    grant.size = sizeof grant;
    grant.status = verdict;
    answer(grant);
  }
  void answer(const sbx_grant &grant) {
    const auto *service = static_cast<const sbx_admission *>(host->service(host, SBX_ADMISSION));
    for (const auto &[ask, channel] : std::exchange(thinking, {})) service->answer(host, ask, &grant);
  }
};

inline Keeper *next_keeper = nullptr;

inline const sbx_plugin &keeper_plugin() {
  static const sbx_plugin kTable = [] {
    sbx_plugin t{};
    t.size = sizeof t;
    t.kind = SBX_FILTER;
    t.type = "keeper";
    t.version = "1";
    t.schema_json = "{}";
    t.create = [](const sbx_host *host, sbx_str) noexcept -> void * {
      next_keeper->host = host;
      return next_keeper;
    };
    t.destroy = [](void *) noexcept {};
    t.extension = [](void *, const char *name) noexcept -> const void * {
      static const sbx_gatekeeper kTableOfIt{sizeof kTableOfIt, 0,
                                             [](void *self, sbx_id ask, const sbx_join *join) noexcept {
                                               return static_cast<Keeper *>(self)->admit(ask, *join);
                                             }};
      return std::string_view(name) == SBX_ADMISSION ? &kTableOfIt : nullptr;
    };
    return t;
  }();
  return kTable;
}

inline ChannelRule keep(const std::string &match) {
  ChannelRule r;
  r.match = match;
  r.events = 10;
  r.replay = Replay::retained;
  return r;
}

inline RigOptions gated_options(unsigned lanes, uint32_t scopes) {
  RigOptions o;
  o.lanes = lanes;
  o.scopes = scopes;
  o.rules = ChannelRules({keep("*")});
  return o;
}

using Frames = std::vector<std::string>;

struct Gated {
  Rig rig;
  Ear &ear = rig.ear();
  Keeper keeper;
  std::unique_ptr<Instance> instance;
  sbx_id conn = ear.member();

  // The keeper lives on the last lane and guards pipeline 0.
  explicit Gated(unsigned lanes = 1, uint32_t scopes = 1) : rig(gated_options(lanes, scopes)) {
    next_keeper = &keeper;
    instance = std::make_unique<Instance>(rig.world, rig.lane(lanes - 1), rig, keeper_plugin(), "keeper");
    REQUIRE(instance->create("{}"));
    REQUIRE(instance->gatekeeper() != nullptr);
    rig.world.gatekeepers.add(0, *instance);
  }
  void settle() {
    for (int i = 0; i < 6; ++i) rig.turn_all();
  }
  // Frames without data and cursors.
  Frames hear() {
    Frames all = ear.take(conn);
    for (std::string &line : all) {
      const std::vector<std::string> words = words_of(line);
      line = words[0] + " " + words[1] + (words[0] == "subscribed" ? " " + words[2] : "");
      for (size_t i = words[0] == "subscribed"                        ? 7
                      : words[0] == "presence" || words[0] == "ended" ? 2
                                                                      : words.size();
           i < words.size(); ++i)
        line += " " + words[i];
    }
    return all;
  }
  Frames subscribe(const std::string &channel, uint64_t ref = 1) {
    CHECK(ear.subscribe(conn, ref, {{channel, ""}}) == SBX_OK);
    settle();
    return hear();
  }
};

}  // namespace signalbox::testing
