#include "core/plugin/census.hpp"

#include <algorithm>
#include <optional>

#include "core/plugin/channel_group.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {
namespace {

// The last one goes when there are more than are asked for; one more is kept, which says that there are more.
template <class Map>
void cut(Map &channels, size_t channels_max) {
  while (channels.size() > channels_max + 1) channels.erase(std::prev(channels.end()));
}

}  // namespace

void CensusTally::count(const net::GroupSpace &groups, const CensusQuery &query) {
  // Of one pipeline the groups of a channel have nobody in common: a connection has one kind.
  const bool distinct = query.scopes.size() < 2;
  std::map<std::string, std::vector<const net::Member *>, std::less<>> shared;
  groups.for_each_group([&](std::string_view name, std::span<net::Member *const> members) {
    const std::optional<ChannelGroup> group = parse_group(name);
    if (!group || !query.wants(group->channel) ||
        !std::binary_search(query.scopes.begin(), query.scopes.end(), group->scope))
      return;
    if (distinct) {
      channels[std::string(group->channel)] += members.size();
      return cut(channels, query.channels_max);
    }
    auto &all = shared[std::string(group->channel)];
    all.insert(all.end(), members.begin(), members.end());
    cut(shared, query.channels_max);
  });
  for (auto &[channel, all] : shared) {
    std::sort(all.begin(), all.end());
    channels[channel] += static_cast<uint64_t>(std::unique(all.begin(), all.end()) - all.begin());
  }
  cut(channels, query.channels_max);
}

void CensusTally::add(const CensusTally &other, size_t channels_max) {
  connections += other.connections;
  for (const auto &[channel, count] : other.channels) channels[channel] += count;
  cut(channels, channels_max);
}

void CensusRegister::add(uint32_t scope, const std::vector<Instance *> &sources, const std::vector<Instance *> &sinks) {
  for (const Instance *source : sources) {
    std::vector<uint32_t> &scopes = askers_[source].scopes;
    const auto at = std::lower_bound(scopes.begin(), scopes.end(), scope);
    if (at == scopes.end() || *at != scope) scopes.insert(at, scope);
  }
  std::vector<Instance *> &all = sinks_[scope];
  all.insert(all.end(), sinks.begin(), sinks.end());
}

CensusRegister::Asker *CensusRegister::asker(const Instance &source) {
  const auto found = askers_.find(&source);
  return found == askers_.end() ? nullptr : &found->second;
}

std::map<LaneWorld *, std::set<const Instance *>> CensusRegister::sinks(const std::vector<uint32_t> &scopes) const {
  std::map<LaneWorld *, std::set<const Instance *>> out;
  for (const uint32_t scope : scopes)
    if (const auto found = sinks_.find(scope); found != sinks_.end())
      for (Instance *sink : found->second) out[&sink->lane()].insert(sink);
  return out;
}

CensusRound::CensusRound(LaneWorld &asker, CensusQuery query, Done done)
    : asker_(asker), query_(std::move(query)), done_(std::move(done)) {}

void CensusRound::begin(const CensusRegister &all) {
  const auto sinks = all.sinks(query_.scopes);
  left_ = std::max<size_t>(1, sinks.size());
  if (sinks.empty()) asker_.lane.post([self = shared_from_this()] { self->take({}); });
  for (const auto &[lane, here] : sinks)
    lane->lane.post([self = shared_from_this(), instances = here] {
      CensusTally tally;
      for (const Instance *sink : instances) {
        tally.connections += sink->connections();
        tally.count(sink->groups(), self->query_);
      }
      self->asker_.lane.post([self, tally = std::move(tally)] { self->take(tally); });
    });
}

void CensusRound::take(const CensusTally &tally) {
  sum_.add(tally, query_.channels_max);
  if (--left_ == 0) done_(query_, sum_);
}

}  // namespace signalbox
