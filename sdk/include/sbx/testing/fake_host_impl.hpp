// The bodies of fake_host.hpp, which includes this.
#pragma once
#include "fake_host.hpp"

namespace sbx::testing {

inline FakeHost::FakeHost(uint64_t seed, const char *instance) : random_(seed) {
  make_host(instance);
  provide(SBX_LOOP, loop_table());
  provide(SBX_METRICS, metrics_table());
  provide(SBX_ASSET, asset_table());
}

inline void FakeHost::make_host(const char *instance) {
  host_.size = sizeof host_;
  host_.abi_minor = SBX_ABI_MINOR;
  host_.ctx = this;
  host_.instance = instance;
  host_.service = [](const sbx_host *h, const char *name) noexcept -> const void * {
    auto found = at(h).services_.find(std::string_view(name));
    return found == at(h).services_.end() ? nullptr : found->second;
  };
  host_.emit = [](const sbx_host *h, const sbx_event *draft, const sbx_emit *how) noexcept {
    return at(h).take(*draft, how);
  };
  host_.retain = [](const sbx_host *h, const sbx_event *e) noexcept {
    std::lock_guard lock(at(h).mutex_);
    auto found = at(h).events_.find(e);
    if (found == at(h).events_.end()) fault("retain of an event that this host did not pass in, or not any more");
    ++found->second->refs;
  };
  host_.release = [](const sbx_host *h, const sbx_event *e) noexcept {
    std::lock_guard lock(at(h).mutex_);
    auto found = at(h).events_.find(e);
    if (found == at(h).events_.end()) fault("release of an event that was not retained");
    if (--found->second->refs == 0) at(h).events_.erase(found);
  };
  host_.log = [](const sbx_host *h, int32_t level, sbx_str text) noexcept {
    std::lock_guard lock(at(h).mutex_);
    at(h).logs.push_back({level, std::string(view(text))});
  };
  host_.log_wanted = [](const sbx_host *h, int32_t) noexcept -> int32_t {
    std::lock_guard lock(at(h).mutex_);
    if (!at(h).wants_log) ++at(h).left_out;
    return at(h).wants_log ? 1 : 0;
  };
  host_.problem = [](const sbx_host *h, sbx_str where, sbx_str what) noexcept {
    if (!at(h).creating_) fault("problem() is for create()");
    at(h).problems.push_back({std::string(view(where)), std::string(view(what))});
  };
  host_.warning = [](const sbx_host *h, sbx_str where, sbx_str what) noexcept {
    if (!at(h).creating_) fault("warning() is for create()");
    at(h).warnings.push_back({std::string(view(where)), std::string(view(what))});
  };
  host_.stopped = [](const sbx_host *h) noexcept {
    if (!at(h).stop_asked_) fault("stopped() before stop()");
    if (std::exchange(at(h).stopped, true)) fault("stopped() twice");
  };
  host_.reason = [](const sbx_host *h, sbx_str word) noexcept { at(h).reasons.emplace_back(view(word)); };
  host_.ready = [](const sbx_host *h, int32_t yes) noexcept { at(h).ready = yes != 0; };
}

inline sbx_status FakeHost::take(const sbx_event &draft, const sbx_emit *how) {
  if (!may_emit_) return SBX_ESTATE;
  if (draft.size < sizeof(sbx_event)) fault("R5: an event draft without its size");
  if (how && how->size < sizeof(sbx_emit)) fault("R5: an emit without its size");
  if (draft.channel.len == 0 || (how && how->dedupe_key.len > kDedupeKeyMax)) return SBX_EINVAL;
  Event e = Event::copy_of(draft, how);
  sbx_status answer = on_emit ? on_emit(e) : emit_answer;
  if (answer == SBX_OK) emitted.push_back(std::move(e));
  return answer;
}

inline sbx_id FakeHost::arm(int64_t after_ns, int64_t every_ns, std::function<void()> fn) {
  // Ids look like the real ones: a generation above, a slot below.
  ++last_timer_;
  sbx_id id = (last_timer_ << 32) | (last_timer_ & 7);
  timers_.emplace(id, Timer{now_ns + std::max<int64_t>(after_ns, 0), every_ns, ++armed_, std::move(fn)});
  return id;
}

inline void FakeHost::run_later() {
  for (size_t n = 0;; ++n) {
    if (n == kTurnMax) fault("a turn that does not end");
    std::function<void()> next;
    {
      std::lock_guard lock(mutex_);
      if (later_.empty()) return;
      next = std::move(later_.front());
      later_.pop_front();
    }
    next();
  }
}

inline void FakeHost::turn() {
  if (inside_) fault("turn() from inside the plugin");
  run_later();
  if (std::exchange(events_given_, false) && self_ && plugin_->on_turn_end) {
    call([&] { plugin_->on_turn_end(self_); });
    run_later();
  }
  for (auto &f : std::exchange(turn_ends_, {})) f();
}

inline void FakeHost::advance(int64_t ns) {
  int64_t end = now_ns + ns;
  turn();
  for (;;) {
    auto due = timers_.end();
    for (auto t = timers_.begin(); t != timers_.end(); ++t)
      if (t->second.at_ns <= end && (due == timers_.end() || std::pair(t->second.at_ns, t->second.order) <
                                                                 std::pair(due->second.at_ns, due->second.order)))
        due = t;
    if (due == timers_.end()) break;
    now_ns = std::max(now_ns, due->second.at_ns);
    auto fn = due->second.fn;  // a copy: the timer may be cancelled by what it calls
    if (due->second.every_ns > 0) {
      due->second.at_ns += due->second.every_ns;
      due->second.order = ++armed_;
    } else {
      timers_.erase(due);
    }
    fn();
    turn();
  }
  now_ns = end;
}

inline void FakeHost::ack(uint64_t token, sbx_status status, std::string_view cursor) {
  const Lent text(cursor);
  const sbx_receipt receipt{sizeof(sbx_receipt), status, text.str()};
  if (self_ && plugin_->on_ack) call([&] { plugin_->on_ack(self_, token, &receipt); });
  turn();
}

inline sbx_status FakeHost::give(const Event &e) {
  if (!self_) fault("an event for a plugin that was not made");
  events_given_ = true;
  const bool filter = plugin_->kind == SBX_FILTER;
  if (filter) may_emit_ = true;
  const sbx_status s = lend(e, [&](const sbx_event *head) -> sbx_status {
    return plugin_->on_event ? call([&] { return plugin_->on_event(self_, head); }) : sbx_status{SBX_OK};
  });
  if (filter) may_emit_ = false;
  return s;
}

inline double FakeHost::metric(std::string_view name, std::string_view label_value) const {
  std::lock_guard lock(mutex_);
  for (const Metric &m : metrics_)
    if (m.name == name && m.label_value == label_value) return m.value;
  return 0;
}

inline size_t FakeHost::logged(std::string_view part_of_line) const {
  std::lock_guard lock(mutex_);
  size_t n = 0;
  for (const Log &line : logs) n += line.text.find(part_of_line) != std::string::npos;
  return n;
}

inline void FakeHost::random(void *out, size_t len) {
  std::lock_guard lock(mutex_);
  for (size_t i = 0; i < len; ++i) static_cast<unsigned char *>(out)[i] = static_cast<unsigned char>(random_() >> 32);
}

inline const sbx_loop *FakeHost::loop_table() {
  static const sbx_loop table{
      sizeof(sbx_loop),
      0,
      [](const sbx_host *h) noexcept { return at(h).now_ns; },
      [](const sbx_host *h) noexcept { return at(h).now_ns + at(h).wall_offset_ns; },
      [](const sbx_host *h, void *out, size_t len) noexcept { at(h).random(out, len); },
      [](const sbx_host *h, int64_t after, int64_t every, void (*fn)(void *, sbx_id) noexcept,
         void *user) noexcept -> sbx_id {
        FakeHost &host = at(h);
        auto id = std::make_shared<sbx_id>(0);
        *id = host.arm(after, every, [&host, id, fn, user] { host.call([&] { fn(user, *id); }); });
        return *id;
      },
      [](const sbx_host *h, sbx_id id) noexcept -> sbx_status { return at(h).cancel_timer(id) ? SBX_OK : SBX_ESTALE; },
      [](const sbx_host *h, void (*fn)(void *) noexcept, void *user) noexcept -> sbx_status {
        FakeHost &host = at(h);
        if (!host.self_ && !host.creating_) return SBX_ESTATE;
        host.later([&host, fn, user] { host.call([&] { fn(user); }); });
        return SBX_OK;
      },
      [](const sbx_host *h) noexcept { return at(h).lane; },
      [](const sbx_host *h) noexcept { return at(h).lanes; }};
  return &table;
}

inline const sbx_metrics *FakeHost::metrics_table() {
  static const sbx_metrics table{
      sizeof(sbx_metrics), 0,
      [](const sbx_host *h, char kind, sbx_str name, sbx_str, sbx_attr label) noexcept -> sbx_id {
        std::lock_guard lock(at(h).mutex_);
        auto &all = at(h).metrics_;
        if (kind != 'c' && kind != 'g') fault("a metric is a counter 'c' or a gauge 'g'");
        for (size_t i = 0; i < all.size(); ++i)
          if (all[i].name == view(name) && all[i].label_value == view(label.value)) return i + 1;
        all.push_back({kind, std::string(view(name)), std::string(view(label.value))});
        return all.size();
      },
      [](const sbx_host *h, sbx_id id, double n) noexcept {
        std::lock_guard lock(at(h).mutex_);
        if (id == 0 || id > at(h).metrics_.size()) fault("add() to a metric that was never made");
        at(h).metrics_[id - 1].value += n;
      },
      [](const sbx_host *h, sbx_id id, double v) noexcept {
        std::lock_guard lock(at(h).mutex_);
        if (id == 0 || id > at(h).metrics_.size()) fault("set() of a metric that was never made");
        if (at(h).metrics_[id - 1].kind != 'g') fault("set() of a counter");
        at(h).metrics_[id - 1].value = v;
      }};
  return &table;
}

inline const sbx_asset *FakeHost::asset_table() {
  static const sbx_asset table{
      sizeof(sbx_asset), 0,
      [](const sbx_host *h, sbx_str name, void (*fn)(void *, sbx_str) noexcept, void *user) noexcept -> sbx_status {
        auto found = at(h).assets.find(view(name));
        if (found == at(h).assets.end()) return SBX_ENOENT;
        Lent bytes(found->second);
        fn(user, bytes.str());  // a visitor: the one kind of call that R3 allows here
        return SBX_OK;
      }};
  return &table;
}

}  // namespace sbx::testing
