#include "plugins/sources/webhook/replay.hpp"

#include <string>

#include "plugins/sources/webhook/kept_request.hpp"

namespace webhook {
namespace {

int64_t failed(sbx::Host host, sbx_status why, int64_t received_ns, const std::string &words) {
  host.log(SBX_WARN, "cannot replay the request that came at " + std::to_string(received_ns / sbx::kSecondNs) +
                         " (unix time): " + words);
  return why;
}

}  // namespace

int64_t replay_kept(sbx::Host host, const Verifier &verifier, std::string_view kept, int64_t received_ns) {
  const auto request = read_kept(kept);
  if (!request) return failed(host, SBX_EPROTO, received_ns, "what was kept is not in a form that this version reads");
  const Verdict verdict = verifier.verify_kept(*request, received_ns / sbx::kSecondNs);
  if (!verdict.accepted())
    return failed(host, SBX_EREFUSED, received_ns, std::string(name_of(verdict.stage)) + ": " + verdict.reason);
  if (verdict.question)
    return failed(host, SBX_EUNSUPPORTED, received_ns, "its provider would have to be asked, which a replay does not");
  const sbx_attr facts[] = {{sbx::raw("source"), sbx::raw(host.instance())},
                            {sbx::raw("verified"), sbx::raw("true")},
                            {sbx::raw("preset"), sbx::raw(verifier.preset().name)},
                            {sbx::raw("replayed"), sbx::raw("true")}};
  int64_t emitted = 0;
  for (const CallbackEvent &e : verdict.events) {
    const sbx::Draft draft{.channel = e.channel,
                           .name = e.name,
                           .data = e.data,
                           .id = e.id,
                           .attrs = facts,
                           .attr_count = std::size(facts)};
    // Nothing is kept beside it: the next replay must not find it twice.
    const sbx_status taken = host.emit(draft);
    if (taken == SBX_OK) {
      ++emitted;
      continue;
    }
    const std::string left = std::to_string(verdict.events.size() - static_cast<size_t>(emitted));
    failed(host, taken, received_ns, "the pipeline did not take " + left + " of its events");
    if (emitted > 0) return emitted;
    return taken < 0 ? taken : sbx_status{SBX_EREFUSED};
  }
  return emitted;
}

}  // namespace webhook
