#include "core/assembly/assembly.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>

#include "core/assembly/pipeline_checks.hpp"
#include "core/config/codes.hpp"
#include "core/route/homes.hpp"

namespace signalbox {
namespace {

// A lane that has not ended a turn for this long is stuck in a plugin's call.
constexpr int64_t kStuckNs = 30'000'000'000;
constexpr int64_t kBeatNs = 1'000'000'000;
constexpr int64_t kStopCheckNs = 5'000'000;
constexpr int64_t kExpireNs = 1'000'000'000;
// What is already with the store gets at least this long, whatever the deadline.
constexpr int64_t kLastCommitNs = 1'000'000'000;

unsigned usable_cores() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

EventLogOptions log_options(const config::Model &model) {
  EventLogOptions options;
  std::vector<ChannelRule> rules;
  for (const config::ChannelRule &wanted : model.channels) {
    ChannelRule rule{wanted.match, wanted.events, wanted.bytes, wanted.for_ms * 1'000'000, wanted.durable};
    if (wanted.replay == config::ChannelRule::Replay::last) rule.replay = Replay::last;
    if (wanted.replay == config::ChannelRule::Replay::retained) rule.replay = Replay::retained;
    rules.push_back(std::move(rule));
  }
  options.rules = ChannelRules(std::move(rules));
  options.path = model.store.path.value_or("");
  options.recover = model.store.recover;
  options.memory_max = model.store.memory;
  options.size_max = model.store.size;
  return options;
}

}  // namespace

Assembly::Assembly(const Surroundings &around, unsigned lanes) : world_(around.clock, around.metrics, lanes) {
  world_.share_directory = around.share_directory;
  std::vector<LaneWorld *> plain;
  for (unsigned i = 0; i < lanes; ++i) {
    lanes_.push_back(std::make_unique<LaneWorld>(i, world_));
    states_.push_back(std::make_unique<LaneState>());
    plain.push_back(lanes_.back().get());
  }
  presence_ = std::make_unique<CentralPresenceDesk>(lanes_.front()->lane, world_.clock, world_.metrics);
  world_.presence = presence_.get();
  router_ = std::make_unique<Router>(plain);
  router_->serve(*presence_);
  for (LaneWorld *lane : plain) lane->lane.add_turn_hook([lane] { lane->fanout.flush(); });
}

Assembly::~Assembly() {
  for (auto &lane : lanes_) lane->lane.stop();
  for (std::thread &thread : threads_)
    if (thread.joinable()) thread.join();
  for (auto &lane : lanes_) lane->server.abort_all();
  log_.reset();
  world_.log = nullptr;
  instances_.clear();
}

std::unique_ptr<Assembly> Assembly::build(const config::Model &model, const Surroundings &around,
                                          config::Diagnostics &diagnostics) {
  const unsigned lanes = model.lanes > 0 ? model.lanes : usable_cores();
  std::unique_ptr<Assembly> assembly(new Assembly(around, lanes));
  assembly->homes_ = assign_homes(model, lanes);
  const bool listeners = assembly->make_listeners(model, diagnostics);
  const bool instances = assembly->make_instances(model, around.registry, diagnostics);
  if (!listeners || !instances) return nullptr;
  const auto any_shard = [&](const std::string &name) -> const Instance * {
    const auto &shards = assembly->instances_.at(name);
    const auto made = std::find_if(shards.begin(), shards.end(), [](const auto &shard) { return shard != nullptr; });
    return made == shards.end() ? nullptr : made->get();
  };
  check_pipelines(model, around.registry, any_shard, diagnostics);
  if (diagnostics.failed()) return nullptr;
  assembly->make_pipelines(model);
  assembly->log_options_ = log_options(model);
  assembly->log_options_.scopes = assembly->router_->scopes();
  assembly->make_replays(model, diagnostics);
  return assembly;
}

bool Assembly::make_instances(const config::Model &model, const Registry &registry, config::Diagnostics &diagnostics) {
  bool all = true;
  for (const config::Instance &wanted : model.sources)
    all &= make_instance(SBX_SOURCE, wanted, homes_[wanted.name], registry, diagnostics);
  for (const config::Instance &wanted : model.filters)
    all &= make_instance(SBX_FILTER, wanted, homes_[wanted.name], registry, diagnostics);
  for (const config::Instance &wanted : model.sinks) {
    world_.rate_limits.emplace(wanted.name, std::make_unique<RateLimits>(wanted.rates, world_.metrics, wanted.name));
    const InstalledPlugin *installed = registry.find(SBX_SINK, wanted.plugin);
    const bool sharded = installed && installed->plugin->caps & SBX_CAP_SHARDED;
    bool made = true;
    for (unsigned lane = 0; made && lane < (sharded ? world_.lanes : 1u); ++lane)
      made = make_instance(SBX_SINK, wanted, lane, registry, diagnostics);
    all &= made;
  }
  return all;
}

bool Assembly::make_instance(uint32_t kind, const config::Instance &wanted, unsigned lane, const Registry &registry,
                             config::Diagnostics &diagnostics) {
  const InstalledPlugin *installed = registry.find(kind, wanted.plugin);
  if (!installed) {
    diagnostics.error(config::codes::kUnknownPlugin, wanted.position, registry.why_missing(kind, wanted.plugin));
    return false;
  }
  auto instance = std::make_unique<Instance>(world_, *lanes_[lane], *router_, *installed->plugin, wanted.name);
  const bool fit = instance->create(wanted.with_json);
  for (const Instance::Complaint &complaint : instance->complaints()) {
    const config::Position at = config::locate(wanted, complaint.pointer);
    const std::string words = "\"" + wanted.name + "\": " + complaint.text;
    if (complaint.fatal)
      diagnostics.error(config::codes::kPlugin, at, words);
    else
      diagnostics.warning(config::codes::kPluginWarning, at, words);
  }
  if (!fit) return false;
  auto &shards = instances_[wanted.name];
  shards.resize(world_.lanes);
  shards[lane] = std::move(instance);
  return true;
}

Instance *Assembly::instance(const std::string &name, unsigned lane) const {
  auto it = instances_.find(name);
  return it == instances_.end() ? nullptr : it->second[lane].get();
}

Instance *Assembly::source(const std::string &name) const {
  const auto home = homes_.find(name);
  Instance *found = home == homes_.end() ? nullptr : instance(name, home->second);
  return found && found->kind() == SBX_SOURCE ? found : nullptr;
}

void Assembly::make_pipelines(const config::Model &model) {
  for (const config::Pipeline &wanted : model.pipelines) {
    auto pipeline = std::make_unique<Pipeline>(world_.metrics, wanted.name, world_.lanes);
    pipeline->queue = {wanted.queue.events, wanted.queue.bytes,
                       wanted.queue.when_full == config::WhenFull::drop_oldest};
    pipeline->pass_on_error = wanted.on_error == config::OnError::pass;
    std::vector<Instance *> sources;
    for (const std::string &name : wanted.from) sources.push_back(instance(name, homes_[name]));
    for (const std::string &name : wanted.through) pipeline->filters.push_back(instance(name, homes_[name]));
    for (const std::string &name : wanted.to)
      for (unsigned lane = 0; lane < world_.lanes; ++lane)
        if (Instance *sink = instance(name, lane)) pipeline->sinks[lane].push_back(sink);
    const Pipeline &added = router_->add(std::move(pipeline), sources);
    for (const auto &on_lane : added.sinks) {
      for (Instance *sink : on_lane) sink->add_scope(added.scope);
      world_.census.add(added.scope, sources, on_lane);
    }
    for (const std::vector<Instance *> &kept : {sources, added.filters})
      for (Instance *one : kept)
        if (one->gatekeeper()) world_.gatekeepers.add(added.scope, *one);
  }
}

void Assembly::make_replays(const config::Model &model, config::Diagnostics &diagnostics) {
  const bool durable = !log_options_.path.empty() && log_options_.rules.any_durable();
  for (const config::Instance &wanted : model.sources) {
    Instance *source = instance(wanted.name, homes_[wanted.name]);
    replays_.add(*source);
    if (source->replayer() && !durable)
      diagnostics.warning(config::codes::kPluginWarning, config::locate(wanted, "/keep_raw"),
                          "\"" + wanted.name +
                              "\": nothing will be kept for replays: that wants store.path and a "
                              "channel whose retain says durable: true");
  }
}

// ---- running

Status Assembly::open_log() {
  Result<std::unique_ptr<EventLog>> opened = EventLog::open(log_options_, world_.clock, world_.metrics, *router_);
  if (!opened.ok()) return opened.status();
  log_ = opened.take();
  world_.log = log_.get();
  router_->write_to(*log_);
  lanes_[0]->lane.timer(kExpireNs, kExpireNs, [this](io::TimerId) { log_->expire(); });
  return {};
}

Status Assembly::start() {
  if (Status s = open_log(); !s.ok()) return s;
  if (Status s = listen(); !s.ok()) return s;
  for (auto &[name, shards] : instances_)
    for (auto &shard : shards)
      if (shard && shard->start() != SBX_OK)
        return Status::error("\"" + name + "\" (" + shard->component() + ") did not start: see the log above");
  watch_certificates();
  world_.running = true;
  for (unsigned i = 0; i < world_.lanes; ++i) {
    LaneWorld &lane = *lanes_[i];
    LaneState &state = *states_[i];
    state.turned_ns = lane.lane.now_ns();
    lane.lane.timer(kBeatNs, kBeatNs, [&lane, &state](io::TimerId) { state.turned_ns = lane.lane.now_ns(); });
    threads_.emplace_back([&lane] { lane.lane.run(); });
  }
  return {};
}

bool Assembly::alive() const {
  const int64_t now = lanes_[0]->lane.now_ns();
  return std::all_of(states_.begin(), states_.end(), [&](const auto &s) { return now - s->turned_ns < kStuckNs; });
}

std::vector<std::string> Assembly::not_ready() const {
  std::vector<std::string> reasons;
  if (stopping_) reasons.push_back("signalbox is shutting down");
  if (const LogHealth log = log_health(); !log.writable)
    reasons.push_back("the store cannot be written: " + log.problem);
  for (const auto &[name, shards] : instances_)
    for (const auto &shard : shards)
      if (shard && !shard->ready()) {
        reasons.push_back("\"" + name + "\" (" + shard->component() + ") is not connected");
        break;
      }
  return reasons;
}

net::Listener *Assembly::listener(std::string_view name) {
  auto it = world_.listeners.find(name);
  return it == world_.listeners.end() ? nullptr : it->second.get();
}

// ---- the end

void Assembly::stop_lane(unsigned index, int64_t deadline_ns) {
  LaneWorld &lane = *lanes_[index];
  lane.server.stop_accepting();
  for (auto &[name, shards] : instances_)
    if (shards[index]) shards[index]->stop(deadline_ns);
  // What has no exchange ends now; what has one ends with it.
  lane.lane.defer([&lane] { lane.server.drain(); });
  LaneState &state = *states_[index];
  state.connections = SIZE_MAX;  // not yet known
  lane.lane.timer(0, kStopCheckNs, [this, index, &lane, &state](io::TimerId) {
    // A sink that says it is done leaves the farewell of what it still has to us.
    if (!state.farewell && lane_stopped(index)) {
      state.farewell = true;
      lane.server.go_away();
    }
    state.connections = lane.server.connections();
  });
}

bool Assembly::lane_stopped(unsigned lane) const {
  return std::all_of(instances_.begin(), instances_.end(), [&](const auto &named) {
    const auto &shard = named.second[lane];
    return !shard || shard->stopped();
  });
}

bool Assembly::ended() const {
  for (unsigned lane = 0; lane < world_.lanes; ++lane)
    if (states_[lane]->connections != 0 || !lane_stopped(lane)) return false;
  return true;
}

bool Assembly::stop(int64_t deadline_ns) {
  stopping_ = true;
  presence_->stop();
  replays_.stop();
  for (unsigned i = 0; i < world_.lanes; ++i) {
    states_[i]->connections = SIZE_MAX;
    lanes_[i]->lane.post([this, i, deadline_ns] { stop_lane(i, deadline_ns); });
  }
  while (!ended() && lanes_[0]->lane.now_ns() < deadline_ns)
    std::this_thread::sleep_for(std::chrono::nanoseconds(kStopCheckNs));
  bool in_time = ended();
  // What sources without acknowledgement emitted last is still on its way to the disk.
  if (log_) in_time = log_->drain(std::max(deadline_ns, lanes_[0]->lane.now_ns() + kLastCommitNs)) && in_time;
  for (auto &lane : lanes_) lane->lane.stop();
  for (std::thread &thread : threads_) thread.join();
  threads_.clear();
  // ... and what came with the lanes' very last turns.
  if (log_) in_time = log_->drain(lanes_[0]->lane.now_ns() + kLastCommitNs) && in_time;
  return in_time;
}

}  // namespace signalbox
