// sbx.loop/1: time, chance, timers, hand-over from other threads, lanes.
#include "core/base/entropy.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

struct HostLoop {
  static int64_t mono_ns(const sbx_host *host) noexcept { return Instance::of(host).world_.clock.mono_ns(); }
  static int64_t wall_ns(const sbx_host *host) noexcept { return Instance::of(host).world_.clock.wall_ns(); }
  static void random(const sbx_host *, void *out, size_t size) noexcept { random_bytes(out, size); }

  static sbx_id timer(const sbx_host *host, int64_t after_ns, int64_t every_ns, void (*fn)(void *, sbx_id) SBX_NX,
                      void *user) noexcept {
    Instance &self = Instance::of(host);
    const bool once = every_ns <= 0;
    const io::TimerId id =
        self.lane_.lane.timer(after_ns, once ? 0 : every_ns, [&self, fn, user, once](io::TimerId rang) {
          if (once) self.timers_.erase(rang);
          fn(user, rang);
        });
    self.timers_.insert(id);
    return id;
  }

  static sbx_status cancel(const sbx_host *host, sbx_id timer) noexcept {
    Instance &self = Instance::of(host);
    if (self.timers_.erase(timer) == 0) return SBX_ESTALE;
    self.lane_.lane.cancel(timer);
    return SBX_OK;
  }

  static sbx_status post(const sbx_host *host, void (*fn)(void *) SBX_NX, void *user) noexcept {
    Instance &self = Instance::of(host);
    if (!self.alive_->load()) return SBX_ESTATE;
    self.lane_.lane.post([alive = self.alive_, fn, user] {
      if (alive->load()) fn(user);
    });
    return SBX_OK;
  }

  static uint32_t lane(const sbx_host *host) noexcept { return Instance::of(host).lane_.lane.index(); }
  static uint32_t lanes(const sbx_host *host) noexcept { return Instance::of(host).world_.lanes; }
};

const sbx_loop kHostLoop{sizeof(sbx_loop),  0,
                         HostLoop::mono_ns, HostLoop::wall_ns,
                         HostLoop::random,  HostLoop::timer,
                         HostLoop::cancel,  HostLoop::post,
                         HostLoop::lane,    HostLoop::lanes};

}  // namespace signalbox
