// sbx.census/1: who listens to the pipelines of a source.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/event/event.hpp"
#include "core/plugin/abi_read.hpp"
#include "core/plugin/census.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {
namespace {

using CensusFn = void (*)(void *, const sbx_census_answer *) SBX_NX;

// Of a channel in several pipelines: those of the one that has most, as they may well be the same people.
uint32_t fullest(const PresenceView &view, const std::vector<uint32_t> &scopes, std::string_view channel) {
  return *std::max_element(scopes.begin(), scopes.end(),
                           [&](uint32_t a, uint32_t b) { return view.users(a, channel) < view.users(b, channel); });
}

void hand_over(const PresenceView &view, const CensusQuery &query, const CensusTally &tally, CensusFn fn, void *user) {
  const auto lend = [](std::string_view bytes) { return sbx_str{bytes.data(), bytes.size()}; };
  std::vector<sbx_census_channel> channels;
  std::string members;
  for (const auto &[channel, subscriptions] : tally.channels) {
    if (channels.size() == query.channels_max) break;
    const uint32_t scope = fullest(view, query.scopes, channel);
    sbx_census_channel &told = channels.emplace_back();
    told.channel = lend(channel);
    told.subscriptions = subscriptions;
    told.users = view.users(scope, channel);
    if (query.channel.empty() || told.users == 0) continue;
    members = view.members(scope, channel, nullptr);
    told.members = lend(members);
  }
  sbx_census_answer answer{};
  answer.size = sizeof answer;
  answer.complete = tally.channels.size() <= query.channels_max ? 1 : 0;
  answer.connections = tally.connections;
  answer.channels = channels.data();
  answer.channel_count = channels.size();
  fn(user, &answer);
}

}  // namespace

struct HostCensus {
  static sbx_status count(const sbx_host *host, const sbx_census_query *given, CensusFn fn, void *user) noexcept {
    if (!given || !fn) return SBX_EINVAL;
    Instance &self = Instance::of(host);
    if (self.kind() != SBX_SOURCE || !self.self_) return SBX_ESTATE;  // without self_ it is in create()
    const sbx_census_query wanted = read_table(*given);
    if (wanted.channel.len > limits::kChannelMax || wanted.prefix.len > limits::kChannelMax) return SBX_EINVAL;
    CensusRegister &all = self.world_.census;
    CensusRegister::Asker *asker = all.asker(self);
    if (!asker) return SBX_ESTATE;
    if (asker->under_way >= limits::kCensusesMax) return SBX_FULL;
    ++asker->under_way;
    const size_t most = limits::kCensusChannelsMax;
    CensusQuery query{std::string(text(wanted.channel)), std::string(text(wanted.prefix)),
                      wanted.channels_max == 0 ? most : std::min(wanted.channels_max, most), asker->scopes};
    const auto done = [asker, fn, user, lane = &self.lane_, alive = self.alive_](const CensusQuery &asked,
                                                                                 const CensusTally &tally) {
      --asker->under_way;
      if (alive->load()) hand_over(lane->presence, asked, tally, fn, user);
    };
    std::make_shared<CensusRound>(self.lane_, std::move(query), done)->begin(all);
    return SBX_OK;
  }
};

const sbx_census kHostCensus{sizeof(sbx_census), 0, HostCensus::count};

}  // namespace signalbox
