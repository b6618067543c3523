// The host's core table: services by name, emit, references, log, configuration problems, readiness.
#include <cstring>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/event/event.hpp"
#include "core/plugin/abi_read.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

struct HostCore {
  static const void *service(const sbx_host *, const char *name) noexcept {
    struct Entry {
      const char *name;
      const void *table;
    };
    static const Entry kEntries[] = {{SBX_LOOP, &kHostLoop},         {SBX_STREAM, &kHostStream},
                                     {SBX_HTTP, &kHostHttp},         {SBX_FANOUT, &kHostFanout},
                                     {SBX_METRICS, &kHostMetrics},   {SBX_ASSET, &kHostAsset},
                                     {SBX_LOG, &kHostLog},           {SBX_HTTP_CLIENT, &kHostHttpClient},
                                     {SBX_FILES, &kHostFiles},       {SBX_ADMISSION, &kHostAdmission},
                                     {SBX_VISITORS, &kHostVisitors}, {SBX_CENSUS, &kHostCensus}};
    for (const Entry &entry : kEntries)
      if (name && std::strcmp(entry.name, name) == 0) return entry.table;
    return nullptr;
  }

  static sbx_status emit(const sbx_host *host, const sbx_event *draft, const sbx_emit *how) noexcept {
    if (!draft) return SBX_EINVAL;
    const sbx_emit whole = how ? read_table(*how) : sbx_emit{};
    if (whole.dedupe_key.len > limits::kDedupeKeyMax || whole.dedupe_ns < 0 || whole.raw.len > limits::kEventDataMax)
      return SBX_EINVAL;
    Instance &self = Instance::of(host);
    return self.router_.emit(self, *draft, whole);
  }

  static void retain(const sbx_host *, const sbx_event *event) noexcept { Event::of(event).retain(); }
  static void release(const sbx_host *, const sbx_event *event) noexcept { Event::of(event).release(); }

  static Level level_of(int32_t level) {
    return level <= SBX_DEBUG  ? Level::debug
           : level == SBX_INFO ? Level::info
           : level == SBX_WARN ? Level::warn
                               : Level::error;
  }
  static int32_t log_wanted(const sbx_host *host, int32_t level) noexcept {
    Instance &self = Instance::of(host);
    return log_enabled(level_of(level)) && self.log_limiter_.has_room(self.world_.clock.mono_ns()) ? 1 : 0;
  }
  static void write_log(const sbx_host *host, int32_t level, sbx_str line) noexcept {
    Instance &self = Instance::of(host);
    const Level known = level_of(level);
    if (log_enabled(known))
      log_limited(self.log_limiter_, self.world_.clock.mono_ns(), known, self.component_, text(line));
  }

  static void note(const sbx_host *host, sbx_str pointer, sbx_str words, bool fatal) {
    Instance &self = Instance::of(host);
    if (self.complaints_.size() < limits::kConfigProblemsMax)
      self.complaints_.push_back({std::string(text(pointer)), std::string(text(words)), fatal});
  }
  static void problem(const sbx_host *host, sbx_str at, sbx_str words) noexcept { note(host, at, words, true); }
  static void warning(const sbx_host *host, sbx_str at, sbx_str words) noexcept { note(host, at, words, false); }

  static void stopped(const sbx_host *host) noexcept { Instance::of(host).stopped_.store(true); }

  static void reason(const sbx_host *host, sbx_str word) noexcept {
    Instance::of(host).reason_.assign(text(word).substr(0, limits::kReasonMax));
  }

  static void ready(const sbx_host *host, int32_t yes) noexcept { Instance::of(host).ready_.store(yes != 0); }
};

const sbx_host &host_core_table() {
  static const sbx_host kTable{sizeof(sbx_host),  SBX_ABI_MINOR,     nullptr,
                               nullptr,           HostCore::service, HostCore::emit,
                               HostCore::retain,  HostCore::release, HostCore::write_log,
                               HostCore::problem, HostCore::stopped, HostCore::reason,
                               HostCore::ready,   HostCore::warning, HostCore::log_wanted};
  return kTable;
}

}  // namespace signalbox
