// One instance of a plugin on one lane, with the host that it sees.  Made and destroyed on the main thread while the
// lanes do not run; everything between is [lane], but for what sbx.h marks [any].
#pragma once
#include <sbx/sbx.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/base/log.hpp"
#include "core/base/status.hpp"
#include "core/net/mount.hpp"
#include "core/net/virtual_member.hpp"
#include "core/plugin/subscriptions.hpp"
#include "core/plugin/world.hpp"

namespace signalbox {

namespace net {
class HttpClient;  // host_http_client.cpp
class NamedFiles;  // host_files.cpp
}  // namespace net
class Instance;
class OutboundStream;  // host_stream.cpp

// Where emitted drafts go: the router.
class EmitTarget {
 public:
  virtual sbx_status emit(Instance &from, const sbx_event &draft, const sbx_emit &how) = 0;
  // [any lane] What a client of the sink `from` said: through the filters of this pipeline.  OK | FULL | EINVAL.
  virtual sbx_status say(uint32_t scope, EventPtr event, Instance &from) = 0;

 protected:
  ~EmitTarget() = default;
};

class Instance {
 public:
  struct Complaint {
    std::string pointer, text;  // JSON pointer into `with:`, plain words
    bool fatal;                 // false: a warning
  };

  Instance(World &world, LaneWorld &lane, EmitTarget &router, const sbx_plugin &plugin, std::string name);
  ~Instance();
  Instance(const Instance &) = delete;
  Instance &operator=(const Instance &) = delete;

  // False: refused; complaints() say why (never nothing).  Warnings alone refuse nothing.
  bool create(std::string_view config_json);
  const std::vector<Complaint> &complaints() const { return complaints_; }
  sbx_status start();
  void stop(int64_t deadline_ns);                   // mono
  bool stopped() const { return stopped_.load(); }  // [any]
  bool ready() const { return ready_.load(); }      // [any]

  sbx_status on_event(const sbx_event &event);
  // A sink's: the event that on_event was just given, for those of its connections that are behind.
  void gate(const EventPtr &event) { subscriptions_.gate(event); }
  void on_turn_end();
  void on_ack(uint64_t ack, const sbx_receipt &receipt);
  // What the plugin offers beside its hooks; nullptr = not this.  REQUIRES: it was created
  const void *extension(const char *name) const { return plugin_.extension ? plugin_.extension(self_, name) : nullptr; }
  // Does it say who may listen?  (sbx.admission/1)
  const sbx_gatekeeper *gatekeeper() const;
  // Its verdict; nothing: `later` is, or was, called with it on this lane, or it never says one.
  std::optional<Verdict> admit(const sbx_join &join, std::function<void(Verdict)> later);
  // Does it keep what it was sent, to be emitted once more?  (sbx.replay/1)
  const sbx_replay *replayer() const;
  int64_t replay(std::string_view raw, int64_t received_ns);  // REQUIRES: it does
  // What the plugin said of the event that it just dropped; "" if nothing.  Forgets it.
  std::string take_reason() { return std::exchange(reason_, {}); }

  // Can it say what it would make of a request?  (sbx.judge/1)
  bool judges() const;
  // One line of JSON.  REQUIRES: judges(), and it was created and not started
  Result<std::string> judge(const sbx_request &request, std::string_view body, int64_t wall_ns) const;

  // One line in the log under its name, as if it had written it itself.
  void complain(std::string_view text);

  // One more pipeline whose sink it is.  Before start().
  void add_scope(uint32_t scope) { subscriptions_.add_scope(scope); }
  size_t readers() const { return subscriptions_.readers(); }  // connections that are not live yet
  // A sink's: everybody that it introduced and that is still there.
  size_t connections() const { return subscriptions_.connections(); }
  void expire_grants() { subscriptions_.expire(); }  // those that are over by now; by itself once a second
  const net::GroupSpace &groups() const { return groups_; }

  uint32_t kind() const { return plugin_.kind; }
  const std::string &name() const { return name_; }
  const std::string &component() const { return component_; }  // "redis/laravel", for the log
  LaneWorld &lane() { return lane_; }
  World &world() { return world_; }

 private:
  friend struct HostCore;
  friend struct HostLoop;
  friend struct HostStream;
  friend struct HostHttp;
  friend struct HostFanout;
  friend struct HostMetrics;
  friend struct HostAsset;
  friend struct HostLog;
  friend struct HostHttpClient;
  friend struct HostFiles;
  friend struct HostAdmission;
  friend struct HostVisitors;
  friend struct HostCensus;

  static Instance &of(const sbx_host *host) { return *static_cast<Instance *>(host->ctx); }

  World &world_;
  LaneWorld &lane_;
  EmitTarget &router_;
  const sbx_plugin &plugin_;
  const std::string name_;
  const std::string component_;
  sbx_host host_{};
  void *self_ = nullptr;
  std::vector<Complaint> complaints_;
  std::string reason_;
  std::atomic<bool> stopped_{false};
  std::atomic<bool> ready_{true};
  std::shared_ptr<std::atomic<bool>> alive_ = std::make_shared<std::atomic<bool>>(true);  // for what was posted
  LogLimiter log_limiter_;

  net::GroupSpace groups_;
  Subscriptions subscriptions_;
  net::OutboxLimits outbox_;
  std::vector<std::unique_ptr<net::Mount>> mounts_;
  std::unordered_map<uint64_t, std::unique_ptr<net::VirtualMember>> members_;
  std::unordered_set<io::TimerId> timers_;
  IdTable<OutboundStream> stream_ids_;
  std::unordered_map<uint64_t, std::unique_ptr<OutboundStream>> streams_;
  std::unique_ptr<net::HttpClient> http_client_;  // made when it first wants one; so the next
  std::unique_ptr<net::NamedFiles> files_;
  struct Ask {
    std::function<void(Verdict)> answer;
    int64_t begun_ns = 0;
  };
  std::map<uint64_t, Ask> asks_;  // of whom it said PENDING, the oldest first
  uint64_t last_ask_ = 0;
  size_t metric_series_ = 0;
};

// The service tables of this host, one file each.
const sbx_host &host_core_table();
extern const sbx_loop kHostLoop;
extern const sbx_stream kHostStream;
extern const sbx_http kHostHttp;
extern const sbx_fanout kHostFanout;
extern const sbx_metrics kHostMetrics;
extern const sbx_asset kHostAsset;
extern const sbx_log kHostLog;
extern const sbx_http_client kHostHttpClient;
extern const sbx_files kHostFiles;
extern const sbx_admission kHostAdmission;
extern const sbx_visitors kHostVisitors;
extern const sbx_census kHostCensus;  // host_census.cpp

}  // namespace signalbox
