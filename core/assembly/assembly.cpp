#include "core/assembly/assembly.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>

#include "core/base/entropy.hpp"
#include "core/base/log.hpp"
#include "core/config/codes.hpp"
#include "core/io/acceptor.hpp"
#include "core/route/homes.hpp"

namespace signalbox {
namespace {

// A lane that has not ended a turn for this long is stuck in a plugin's call.
constexpr int64_t kStuckNs = 30'000'000'000;
constexpr int64_t kBeatNs = 1'000'000'000;
constexpr int64_t kCertificateCheckNs = 2'000'000'000;
constexpr int64_t kStopCheckNs = 5'000'000;

unsigned usable_cores() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

net::ListenerOptions options_of(const config::Listener &wanted) {
  net::ListenerOptions options;
  options.name = wanted.name;
  options.bind = wanted.bind;
  if (wanted.tls) options.certificate = wanted.tls->certificate, options.key = wanted.tls->key;
  options.origins = wanted.origins;
  options.trusted_proxies = wanted.trusted_proxies;
  options.files = wanted.files;
  options.limits = {wanted.limits.connections, wanted.limits.per_ip,  wanted.limits.body,
                    wanted.limits.message,     wanted.limits.headers, wanted.limits.handshake_ms * 1'000'000};
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
  uint64_t epoch = 0;
  random_bytes(&epoch, sizeof epoch);
  router_ = std::make_unique<Router>(epoch, plain);
  for (LaneWorld *lane : plain) lane->lane.add_turn_hook([lane] { lane->fanout.flush(); });
}

Assembly::~Assembly() {
  for (auto &lane : lanes_) lane->lane.stop();
  for (std::thread &thread : threads_)
    if (thread.joinable()) thread.join();
  for (auto &lane : lanes_) lane->server.abort_all();
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
  assembly->make_pipelines(model);
  return assembly;
}

bool Assembly::make_listeners(const config::Model &model, config::Diagnostics &diagnostics) {
  bool all = true;
  auto make = [&](const net::ListenerOptions &options, config::Position position) {
    Result<std::unique_ptr<net::Listener>> made = net::Listener::make(options, world_.metrics);
    if (made.ok()) {
      world_.listeners.emplace(options.name, made.take());
      return;
    }
    diagnostics.error(config::codes::kListener, position, made.message());
    all = false;
  };
  for (const config::Listener &wanted : model.listeners) make(options_of(wanted), wanted.position);
  if (model.admin) {
    net::ListenerOptions options;
    options.name = "admin";
    options.bind = model.admin->bind;
    make(options, model.admin->position);
  }
  return all;
}

bool Assembly::make_instances(const config::Model &model, const Registry &registry, config::Diagnostics &diagnostics) {
  bool all = true;
  for (const config::Instance &wanted : model.sources)
    all &= make_instance(SBX_SOURCE, wanted, homes_[wanted.name], registry, diagnostics);
  for (const config::Instance &wanted : model.filters)
    all &= make_instance(SBX_FILTER, wanted, homes_[wanted.name], registry, diagnostics);
  for (const config::Instance &wanted : model.sinks) {
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
    router_->add(std::move(pipeline), sources);
  }
}

// ---- running

Status Assembly::listen() {
  for (auto &[name, listener] : world_.listeners) {
    Result<io::Address> address = io::parse_bind(listener->bind());
    if (!address.ok()) return address.status();
    const bool unix_socket = address->family() == AF_UNIX;
    Result<std::vector<int>> fds = io::listen_on(*address, world_.lanes);
    if (!fds.ok()) return Status::error("listener \"" + name + "\": " + fds.message());
    addresses_.push_back(name + " " + (unix_socket ? address->text() : io::local_address(fds->front()).text()));
    for (size_t lane = 0; lane < fds->size(); ++lane) lanes_[lane]->server.accept(*listener, (*fds)[lane], unix_socket);
  }
  return {};
}

Status Assembly::start() {
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

void Assembly::watch_certificates() {
  for (auto &[name, listener] : world_.listeners) {
    if (!listener->tls()) continue;
    lanes_[0]->lane.timer(kCertificateCheckNs, kCertificateCheckNs, [at = listener.get()](io::TimerId) {
      const Result<bool> changed = at->reload_certificate();
      if (!changed.ok())
        log(Level::error, "listener/" + at->name(), changed.message());
      else if (*changed)
        log(Level::info, "listener/" + at->name(), "the certificate was reloaded");
    });
  }
}

bool Assembly::alive() const {
  const int64_t now = lanes_[0]->lane.now_ns();
  return std::all_of(states_.begin(), states_.end(), [&](const auto &s) { return now - s->turned_ns < kStuckNs; });
}

std::vector<std::string> Assembly::not_ready() const {
  std::vector<std::string> reasons;
  if (stopping_) reasons.push_back("signalbox is shutting down");
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
  for (unsigned i = 0; i < world_.lanes; ++i) {
    states_[i]->connections = SIZE_MAX;
    lanes_[i]->lane.post([this, i, deadline_ns] { stop_lane(i, deadline_ns); });
  }
  while (!ended() && lanes_[0]->lane.now_ns() < deadline_ns)
    std::this_thread::sleep_for(std::chrono::nanoseconds(kStopCheckNs));
  const bool in_time = ended();
  for (auto &lane : lanes_) lane->lane.stop();
  for (std::thread &thread : threads_) thread.join();
  threads_.clear();
  return in_time;
}

}  // namespace signalbox
