// sbx.admission/1: gatekeepers' later answers, and how an instance is asked.
#include <utility>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/plugin/abi_read.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

struct HostAdmission {
  static void answer(const sbx_host *host, sbx_id ask, const sbx_grant *grant) noexcept {
    auto asked = Instance::of(host).asks_.extract(ask);
    if (asked) asked.mapped().answer(grant ? read_grant(read_table(*grant)) : Verdict{});
  }
};

const sbx_admission kHostAdmission{sizeof(sbx_admission), 0, HostAdmission::answer};

Verdict read_grant(const sbx_grant &given) {
  Verdict out;
  out.code = given.code;
  const bool sane = given.principal.len <= SBX_PRINCIPAL_MAX && given.member.len <= SBX_MEMBER_MAX &&
                    given.until_ns >= 0 && given.linger_ns >= 0 && valid_utf8(text(given.principal)) &&
                    valid_utf8(text(given.member)) && (given.member.len == 0 || given.principal.len > 0);
  if (given.status != SBX_OK) return out;
  if (!sane) return Verdict{};
  out.yes = true;
  out.vouched = (given.flags & SBX_GRANT_VOUCHED) != 0;
  out.grant = std::make_shared<const Grant>(
      Grant{std::string(text(given.principal)), std::string(text(given.member)), given.until_ns, given.linger_ns});
  return out;
}

const sbx_gatekeeper *Instance::gatekeeper() const {
  const auto *found = static_cast<const sbx_gatekeeper *>(extension(SBX_ADMISSION));
  return found && SBX_HAS(found, admit) && found->admit ? found : nullptr;
}

std::optional<Verdict> Instance::admit(const sbx_join &join, std::function<void(Verdict)> later) {
  const sbx_gatekeeper *keeper = gatekeeper();
  if (!keeper) return Verdict{};
  const int64_t now_ns = lane_.lane.now_ns();
  while (!asks_.empty() && now_ns - asks_.begin()->second.begun_ns > limits::kAdmissionNs) asks_.erase(asks_.begin());
  if (asks_.size() >= limits::kAdmissionAsksMax) return Verdict{false, false, kNobodyToAsk, nullptr};
  const uint64_t ask = ++last_ask_;
  asks_.emplace(ask, Ask{std::move(later), now_ns});
  const sbx_status verdict = keeper->admit(self_, ask, &join);
  if (verdict == SBX_PENDING || asks_.erase(ask) == 0) return std::nullopt;
  return Verdict{verdict == SBX_OK, false, kForbidden, nullptr};
}

}  // namespace signalbox
