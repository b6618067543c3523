// sbx.hpp: C++20 over sbx.h.  Header-only; compiled into each plugin with hidden visibility, so no C++ type ever
// crosses the border.  A plugin is a class P with P(sbx::Host, std::string_view config_json) and whichever hooks it
// wants (start, stop, on_event, on_turn_end, on_ack, extension); sbx::table<P>(...) makes its C table and SBX_MODULE
// the exported entry.  An exception that leaves a hook becomes SBX_EINTERNAL and one log line.
#pragma once
#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "sbx.h"

namespace sbx {
inline namespace v1 {

inline std::string_view view(sbx_str s) noexcept { return {s.ptr, s.len}; }
inline sbx_str raw(std::string_view v) noexcept { return {v.data(), v.size()}; }

inline constexpr int64_t kMillisecondNs = 1'000'000;
inline constexpr int64_t kSecondNs = 1'000'000'000;

// The name under which the host knows each service table.
template <class S>
inline constexpr const char *service_name = nullptr;
template <>
inline constexpr const char *service_name<sbx_loop> = SBX_LOOP;
template <>
inline constexpr const char *service_name<sbx_stream> = SBX_STREAM;
template <>
inline constexpr const char *service_name<sbx_http> = SBX_HTTP;
template <>
inline constexpr const char *service_name<sbx_fanout> = SBX_FANOUT;
template <>
inline constexpr const char *service_name<sbx_log> = SBX_LOG;
template <>
inline constexpr const char *service_name<sbx_metrics> = SBX_METRICS;
template <>
inline constexpr const char *service_name<sbx_asset> = SBX_ASSET;
template <>
inline constexpr const char *service_name<sbx_http_client> = SBX_HTTP_CLIENT;
template <>
inline constexpr const char *service_name<sbx_files> = SBX_FILES;
template <>
inline constexpr const char *service_name<sbx_admission> = SBX_ADMISSION;
template <>
inline constexpr const char *service_name<sbx_visitors> = SBX_VISITORS;
template <>
inline constexpr const char *service_name<sbx_census> = SBX_CENSUS;

// What emit() takes, with defaults for what a source does not know.
struct Draft {
  std::string_view channel, name, data;
  std::string_view id = {}, except = {};
  bool binary = false;
  const sbx_attr *attrs = nullptr;
  size_t attr_count = 0;
};

// How emit() is to do it, see sbx_emit.
struct Emit {
  uint64_t ack = 0;
  std::string_view dedupe_key = {};
  int64_t dedupe_ns = 0;
  std::string_view raw = {};
};

// The instance's host.  A pointer in size: copy it freely.
class Host {
 public:
  explicit Host(const sbx_host *h) noexcept : h_(h) {}
  // The service's table, or nullptr when this host has none; the table takes get() as its first argument.
  template <class S>
  const S *service() const noexcept {
    return static_cast<const S *>(h_->service(h_, service_name<S>));
  }
  sbx_status emit(const Draft &d, const Emit &how = {}) const noexcept {
    sbx_event e{};
    e.size = sizeof e;
    e.flags = d.binary ? uint32_t{SBX_EVENT_BINARY} : 0u;
    e.channel = raw(d.channel);
    e.name = raw(d.name);
    e.data = raw(d.data);
    e.id = raw(d.id);
    e.except = raw(d.except);
    e.attrs = d.attrs;
    e.attr_count = d.attr_count;
    const sbx_emit how_c{sizeof(sbx_emit), 0, how.ack, sbx::raw(how.dedupe_key), how.dedupe_ns, sbx::raw(how.raw)};
    return h_->emit(h_, &e, &how_c);
  }
  void log(int32_t level, std::string_view text) const noexcept { h_->log(h_, level, raw(text)); }
  // Worth making the text of a line that may come often?  A host that does not say takes every line.
  bool log_wanted(int32_t level) const noexcept {
    return !SBX_HAS(h_, log_wanted) || !h_->log_wanted || h_->log_wanted(h_, level) != 0;
  }
  void problem(std::string_view where, std::string_view what) const noexcept { h_->problem(h_, raw(where), raw(what)); }
  void warning(std::string_view where, std::string_view what) const noexcept { h_->warning(h_, raw(where), raw(what)); }
  void stopped() const noexcept { h_->stopped(h_); }
  void reason(std::string_view word) const noexcept { h_->reason(h_, raw(word)); }
  void ready(bool yes) const noexcept { h_->ready(h_, yes ? 1 : 0); }
  const char *instance() const noexcept { return h_->instance; }
  const sbx_host *get() const noexcept { return h_; }

 private:
  const sbx_host *h_;
};

// Keeps an event past the call it came in.
class EventRef {
 public:
  EventRef(Host host, const sbx_event &e) noexcept : host_(host), event_(&e) {
    host_.get()->retain(host_.get(), event_);
  }
  EventRef(EventRef &&o) noexcept : host_(o.host_), event_(std::exchange(o.event_, nullptr)) {}
  EventRef &operator=(EventRef &&) = delete;
  ~EventRef() {
    if (event_) host_.get()->release(host_.get(), event_);
  }
  const sbx_event *operator->() const noexcept { return event_; }
  const sbx_event &operator*() const noexcept { return *event_; }

 private:
  Host host_;
  const sbx_event *event_;
};

// Thrown by a plugin's constructor after problem() said everything: the configuration is refused without another word.
struct Refused {};

// The barrier: whatever f throws becomes `fallback` and one log line; nothing leaves the plugin.  Also for the
// functions that a plugin puts into event tables and timers.
template <class R, class F>
R guarded(Host host, R fallback, F &&f) noexcept {
  try {
    return f();
  } catch (const std::exception &e) {
    host.log(SBX_ERROR, e.what());
  } catch (...) {
    host.log(SBX_ERROR, "exception of unknown type");
  }
  return fallback;
}
template <class F>
void guarded(Host host, F &&f) noexcept {
  guarded<int>(host, 0, [&] {
    f();
    return 0;
  });
}

// Metrics without ceremony: counter(host, "signalbox_x_total", "help", "reason", "why").add().
class Metric {
 public:
  Metric() = default;
  Metric(Host host, char kind, std::string_view name, std::string_view help, std::string_view label = {},
         std::string_view value = {}) noexcept
      : host_(host.get()), table_(host.service<sbx_metrics>()) {
    if (table_) id_ = table_->make(host_, kind, raw(name), raw(help), {raw(label), raw(value)});
  }
  void add(double n = 1) const noexcept {
    if (id_) table_->add(host_, id_, n);
  }
  void set(double v) const noexcept {
    if (id_) table_->set(host_, id_, v);
  }

 private:
  const sbx_host *host_ = nullptr;
  const sbx_metrics *table_ = nullptr;
  sbx_id id_ = 0;
};

template <class P>
struct Adapter {
  struct Box {
    Host host;
    P plugin;
    Box(Host h, std::string_view config) : host(h), plugin(h, config) {}
  };
  static Box &box(void *self) noexcept { return *static_cast<Box *>(self); }
  static void *create(const sbx_host *h, sbx_str config) noexcept {
    return guarded<void *>(Host{h}, nullptr, [&]() -> void * {
      try {
        return std::make_unique<Box>(Host{h}, view(config)).release();
      } catch (const Refused &) {
        return nullptr;
      }
    });
  }
  static void destroy(void *self) noexcept { delete &box(self); }
  static sbx_status start(void *self) noexcept {
    return guarded<sbx_status>(box(self).host, SBX_EINTERNAL, [&] { return box(self).plugin.start(); });
  }
  static void stop(void *self, int64_t deadline_ns) noexcept {
    guarded(box(self).host, [&] { box(self).plugin.stop(deadline_ns); });
  }
  static sbx_status on_event(void *self, const sbx_event *e) noexcept {
    return guarded<sbx_status>(box(self).host, SBX_EINTERNAL, [&] { return box(self).plugin.on_event(*e); });
  }
  static void on_turn_end(void *self) noexcept {
    guarded(box(self).host, [&] { box(self).plugin.on_turn_end(); });
  }
  static void on_ack(void *self, uint64_t ack, const sbx_receipt *receipt) noexcept {
    guarded(box(self).host, [&] { box(self).plugin.on_ack(ack, *receipt); });
  }
  static const void *extension(void *self, const char *name) noexcept {
    return guarded<const void *>(box(self).host, nullptr, [&] { return box(self).plugin.extension(name); });
  }
};

// The C table of plugin class P.  `schema` is the JSON Schema of its `with:`.
template <class P>
constexpr sbx_plugin table(uint32_t kind, const char *type, const char *version, const char *summary,
                           const char *schema, uint32_t caps = 0) {
  using A = Adapter<P>;
  sbx_plugin t{};
  t.size = sizeof t;
  t.kind = kind;
  t.caps = caps;
  t.type = type;
  t.version = version;
  t.summary = summary;
  t.schema_json = schema;
  t.create = A::create;
  t.destroy = A::destroy;
  if constexpr (requires(P p) {
                  { p.start() } -> std::same_as<sbx_status>;
                })
    t.start = A::start;
  if constexpr (requires(P p) { p.stop(int64_t{}); }) t.stop = A::stop;
  if constexpr (requires(P p, const sbx_event &e) {
                  { p.on_event(e) } -> std::same_as<sbx_status>;
                })
    t.on_event = A::on_event;
  if constexpr (requires(P p) { p.on_turn_end(); }) t.on_turn_end = A::on_turn_end;
  if constexpr (requires(P p, const sbx_receipt &r) { p.on_ack(uint64_t{}, r); }) t.on_ack = A::on_ack;
  if constexpr (requires(P p) { p.extension(""); }) t.extension = A::extension;
  return t;
}

}  // namespace v1
}  // namespace sbx

#if defined(__SANITIZE_ADDRESS__)
#define SBX_BUILD_FLAGS SBX_BUILD_ASAN
#elif defined(__SANITIZE_THREAD__)
#define SBX_BUILD_FLAGS SBX_BUILD_TSAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SBX_BUILD_FLAGS SBX_BUILD_ASAN
#elif __has_feature(thread_sanitizer)
#define SBX_BUILD_FLAGS SBX_BUILD_TSAN
#endif
#endif
#ifndef SBX_BUILD_FLAGS
#define SBX_BUILD_FLAGS 0u
#endif

// The entry.  With SBX_STATIC_NAME defined (plugin linked into a test or fuzzer) it is sbx_module_v1_<name>.
#ifdef SBX_STATIC_NAME
#define SBX_JOIN2(a, b) a##b
#define SBX_JOIN(a, b)  SBX_JOIN2(a, b)
#define SBX_ENTRY       SBX_JOIN(sbx_module_v1_, SBX_STATIC_NAME)
#else
#define SBX_ENTRY sbx_module_v1
#endif
#define SBX_MODULE(name, version, ...)                                   \
  extern "C" SBX_EXPORT const sbx_module *SBX_ENTRY(uint32_t) noexcept { \
    static const sbx_plugin *const plugins[] = {__VA_ARGS__};            \
    static const sbx_module module{SBX_MAGIC,                            \
                                   sizeof(sbx_module),                   \
                                   SBX_ABI_MINOR,                        \
                                   SBX_BUILD_FLAGS,                      \
                                   name,                                 \
                                   version,                              \
                                   __VERSION__,                          \
                                   plugins,                              \
                                   sizeof plugins / sizeof *plugins};    \
    return &module;                                                      \
  }
