// sbx.admission/1: gatekeepers' later answers, and how an instance is asked.
#include <utility>

#include "core/base/limits.hpp"
#include "core/plugin/abi_read.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

struct HostAdmission {
  static void answer(const sbx_host *host, sbx_id ask, sbx_status verdict) noexcept {
    auto asked = Instance::of(host).asks_.extract(ask);
    if (asked) asked.mapped().answer(verdict);
  }
};

const sbx_admission kHostAdmission{sizeof(sbx_admission), 0, HostAdmission::answer};

const sbx_gatekeeper *Instance::gatekeeper() const {
  const auto *found = static_cast<const sbx_gatekeeper *>(extension(SBX_ADMISSION));
  return found && SBX_HAS(found, admit) && found->admit ? found : nullptr;
}

sbx_status Instance::admit(std::string_view channel, std::string_view auth, std::function<void(sbx_status)> later) {
  const sbx_gatekeeper *keeper = gatekeeper();
  if (!keeper) return SBX_EREFUSED;
  const int64_t now_ns = lane_.lane.now_ns();
  while (!asks_.empty() && now_ns - asks_.begin()->second.begun_ns > limits::kAdmissionNs) asks_.erase(asks_.begin());
  if (asks_.size() >= limits::kAdmissionAsksMax) return SBX_EREFUSED;
  const uint64_t ask = ++last_ask_;
  asks_.emplace(ask, Ask{std::move(later), now_ns});
  const sbx_join join{sizeof join, 0, {channel.data(), channel.size()}, {auth.data(), auth.size()}};
  const sbx_status verdict = keeper->admit(self_, ask, &join);
  if (verdict != SBX_PENDING) asks_.erase(ask);
  return verdict;
}

}  // namespace signalbox
