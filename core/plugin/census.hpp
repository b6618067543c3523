// Who listens to the pipelines of a source (sbx.census/1): the sinks' fan-out groups of every lane, counted there and
// added up on the lane of whoever asked.
//
// A connection counts once in a channel, also when several pipelines let it in.  Only so many channels are counted as
// are answered, those with the first names; so no lane makes a list of everything that it has.
#pragma once
#include <sbx/sbx.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/net/fanout.hpp"

namespace signalbox {

class Instance;
struct LaneWorld;

struct CensusQuery {
  std::string channel;  // this one; empty: those that begin with `prefix`
  std::string prefix;
  size_t channels_max = 0;
  std::vector<uint32_t> scopes;  // ascending
  bool wants(std::string_view name) const { return channel.empty() ? name.starts_with(prefix) : name == channel; }
};

// One lane's part of an answer, or all of it.
struct CensusTally {
  uint64_t connections = 0;
  std::map<std::string, uint64_t, std::less<>> channels;  // connections in each; at most one more than is asked for
  // What the groups of one sink on one lane say.
  void count(const net::GroupSpace &groups, const CensusQuery &query);
  void add(const CensusTally &other, size_t channels_max);
};

// Filled before the lanes run; from then on an asker's own entry is touched on its lane alone.
class CensusRegister {
 public:
  struct Asker {
    std::vector<uint32_t> scopes;
    size_t under_way = 0;
  };
  // One pipeline; sinks of any lane.
  void add(uint32_t scope, const std::vector<Instance *> &sources, const std::vector<Instance *> &sinks);

  Asker *asker(const Instance &source);
  // Of these pipelines, each once.
  std::map<LaneWorld *, std::set<const Instance *>> sinks(const std::vector<uint32_t> &scopes) const;

 private:
  std::map<const Instance *, Asker> askers_;
  std::map<uint32_t, std::vector<Instance *>> sinks_;
};

// One question under way.  Kept alive by what it waits for.
class CensusRound : public std::enable_shared_from_this<CensusRound> {
 public:
  using Done = std::function<void(const CensusQuery &, const CensusTally &)>;
  CensusRound(LaneWorld &asker, CensusQuery query, Done done);
  // `done` is called once, in a later turn of the asker's lane.
  void begin(const CensusRegister &all);

 private:
  void take(const CensusTally &tally);

  LaneWorld &asker_;
  const CensusQuery query_;
  const Done done_;
  size_t left_ = 0;
  CensusTally sum_;
};

}  // namespace signalbox
