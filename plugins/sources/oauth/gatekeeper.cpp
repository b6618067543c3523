#include "plugins/sources/oauth/gatekeeper.hpp"

#include <nlohmann/json.hpp>

#include "plugins/sources/oauth/tokens.hpp"
#include "plugins/sources/oauth/waits.hpp"

namespace oauth {
namespace {

using Json = nlohmann::json;

constexpr size_t kSecretMax = 128;

std::string short_text(const Json &value) {
  if (!value.is_string() || value.get_ref<const std::string &>().size() > kSecretMax) return {};
  return value.get<std::string>();
}

// A client decides how deep its text is; nothing here needs more than an object's depth.
bool deeper_than_object(int depth, Json::parse_event_t, Json &) { return depth <= 1; }

}  // namespace

std::string read_offer(std::string_view auth_json) {
  if (auth_json.empty() || auth_json.size() > SBX_AUTH_MAX) return {};
  const Json offer = Json::parse(auth_json, deeper_than_object, false);
  if (offer.is_string()) return short_text(offer);
  if (!offer.is_object()) return {};
  for (const char *name : {"wait", "token"})
    if (const auto found = offer.find(name); found != offer.end()) return short_text(*found);
  return {};
}

bool Gatekeeper::guards(std::string_view channel) const { return waits_.owns(channel); }

sbx_status Gatekeeper::admit(const sbx_join &join) {
  const std::string_view channel = sbx::view(join.channel);
  if (!waits_.owns(channel)) return SBX_OK;  // another source's
  // All of it is done whether there is such a wait or not, so that time tells neither.
  const std::string offered = sha256(read_offer(sbx::view(join.auth)));
  Wait *wait = waits_.by_channel(channel);
  const std::string wanted = wait ? wait->wait_digest : sha256(channel);
  const bool right = same_bytes(offered, wanted);
  if (!wait || !right) return SBX_EREFUSED;
  if (wait->over() && wait->taken++ >= tabs_) return SBX_EREFUSED;
  return SBX_OK;
}

}  // namespace oauth
