// Plugin: one instance of a plugin's C table on a FakeHost, with the life that signalbox would give it.  Created by the
// constructor, stopped (if it was started) and destroyed by the destructor.  fake_host.hpp includes this.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "fake_host.hpp"

namespace sbx::testing {

class Plugin {
 public:
  Plugin(FakeHost &host, const sbx_plugin *table, std::string_view config_json = "{}") : host_(host), table_(table) {
    if (host_.self_) fault("one instance to a host: a second one wants a FakeHost of its own");
    host_.plugin_ = table;
    host_.stopped = host_.stop_asked_ = false;
    host_.may_emit_ = false;
    host_.creating_ = true;
    Lent config(config_json);
    host_.self_ = host_.call([&] { return table->create(host_.get(), config.str()); });
    host_.creating_ = false;
    host_.may_emit_ = table->kind == SBX_SOURCE;
  }
  Plugin(const Plugin &) = delete;
  Plugin &operator=(const Plugin &) = delete;
  ~Plugin() {
    if (!host_.self_) return;
    if (started_ && !host_.stop_asked_) stop();
    host_.call([&] { table_->destroy(self()); });
    host_.self_ = nullptr;
    host_.timers_.clear();
    host_.later_.clear();
  }

  // What signalbox asks before it goes on: an instance that reported a problem is refused.
  bool created() const { return host_.self_ && host_.problems.empty(); }
  void *self() const { return host_.self_; }
  // A part's events tables and mounts belong to start().
  sbx_status start() {
    started_ = true;
    sbx_status s = table_->start ? host_.call([&] { return table_->start(self()); }) : SBX_OK;
    host_.turn();
    return s;
  }
  // Asks it to stop and turns; host.stopped says whether it already has.
  void stop(int64_t deadline_ns = INT64_MAX) {
    host_.stop_asked_ = true;
    if (table_->stop)
      host_.call([&] { table_->stop(self(), deadline_ns); });
    else
      host_.stopped = true;
    host_.turn();
  }
  // Filter, sink: one event, without a turn (several may belong to one).
  sbx_status give(const Event &e) { return host_.give(e); }
  // ... and the turn it belongs to.
  sbx_status deliver(const Event &e) {
    sbx_status s = give(e);
    host_.turn();
    return s;
  }
  template <class T>
  const T *extension(const char *name) {
    if (!table_->extension) return nullptr;
    return static_cast<const T *>(host_.call([&] { return table_->extension(self(), name); }));
  }

 private:
  FakeHost &host_;
  const sbx_plugin *table_;
  bool started_ = false;
};

}  // namespace sbx::testing
