#include "plugins/sources/oauth/start_endpoint.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "plugins/sources/oauth/authorize_url.hpp"
#include "plugins/sources/oauth/flow.hpp"
#include "plugins/sources/oauth/tokens.hpp"
#include "plugins/sources/webhook/request_head.hpp"

namespace oauth {
namespace {

using Json = nlohmann::json;

constexpr size_t kBodyMax = 4096;

sbx::Metric counter(sbx::Host host, std::string_view outcome) {
  return {host,      'c',    "signalbox_oauth_starts_total", "Requests to start a login, by what became of them",
          "outcome", outcome};
}

Answer try_later(uint32_t status, std::string_view code, std::string_view message) {
  Answer refused = json_refusal(status, code, message);
  refused.headers.emplace_back("retry-after", "60");
  return refused;
}

// Only texts count; anything else is as good as absent.
std::string text_of(const Json &body, const char *name) {
  const auto found = body.find(name);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string cookie_header(const Options &options, const Provider &provider, const std::string &bind) {
  // Lax: the provider's redirect is a cross-site navigation, for which a Strict cookie stays at home.  A form posted
  // across sites carries a None cookie only.
  std::string cookie = options.cookie_name(provider) + "=" + bind + "; Path=/; HttpOnly";
  cookie += "; Max-Age=" + std::to_string(options.lifetime_ns / sbx::kSecondNs);
  cookie += provider.form_post ? "; SameSite=None" : "; SameSite=Lax";
  if (!options.development) cookie += "; Secure";
  return cookie;
}

}  // namespace

StartEndpoint::StartEndpoint(sbx::Host host, const sbx_loop &loop, const Options &options, Waits &waits, Flow &flow)
    : host_(host),
      loop_(loop),
      options_(options),
      waits_(waits),
      flow_(flow),
      limit_(options.starts_per_minute),
      started_(counter(host, "started")),
      refused_(counter(host, "refused")),
      busy_(counter(host, "busy")) {}

bool StartEndpoint::from_our_page(const Request &request) const {
  const auto &allowed = options_.origins;
  return !(request.flags & SBX_REQ_NO_CORS) &&
         std::find(allowed.begin(), allowed.end(), request.origin) != allowed.end();
}

Answer StartEndpoint::take(const Request &request) {
  Answer answer = judge(request);
  (answer.status == 200 ? started_ : answer.status == 429 || answer.status == 503 ? busy_ : refused_).add();
  return answer;
}

Answer StartEndpoint::judge(const Request &request) {
  if (request.method != "POST") {
    Answer refused = json_refusal(405, "method_not_allowed", "a login is started with POST");
    refused.headers.emplace_back("allow", "POST");
    return refused;
  }
  // Origin and content type together: no form and no foreign script can send this without the browser asking first.
  if (!from_our_page(request))
    return json_refusal(403, "wrong_origin", "logins are started by the pages that `origins` names");
  if (!webhook::is_json_type(only_header(request, "content-type")))
    return json_refusal(415, "unsupported_media_type", "the body must be application/json in UTF-8");
  if (!limit_.take(request.peer, loop_.mono_ns(host_.get())))
    return try_later(429, "too_many", "too many logins were started from this address; try again in a minute");
  const Json body =
      request.body.size() > kBodyMax ? Json(Json::value_t::discarded) : Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return json_refusal(400, "malformed", "the body must be a JSON object with a provider");
  const auto provider = options_.providers.find(text_of(body, "provider"));
  if (provider == options_.providers.end())
    return json_refusal(400, "unknown_provider", "there is no provider of this name here");
  std::string return_to;
  if (const auto wanted = body.find("return_to"); wanted != body.end() && !wanted->is_null()) {
    auto checked = options_.return_to.resolve(text_of(body, "return_to"));
    if (!checked) return json_refusal(400, "bad_return_to", "return_to leads to none of the configured origins");
    return_to = *std::move(checked);
  }
  return begin(request, provider->second, std::move(return_to));
}

// A browser with several tabs has several waits and one cookie.
std::string StartEndpoint::bind_of(const Request &request, const Provider &provider) const {
  const std::string_view shown = only_cookie(request, options_.cookie_name(provider));
  if (shown.size() == kLongChars && is_base62(shown)) return std::string(shown);
  return random_base62(host_, loop_, kLongChars);
}

Answer StartEndpoint::begin(const Request &request, const Provider &provider, std::string return_to) {
  const Waits::Room room = waits_.room_for(request.peer);
  if (room == Waits::Room::kPeerFull)
    return try_later(429, "too_many", "too many logins from this address wait for their end");
  if (room == Waits::Room::kFull) return try_later(503, "busy", "too many logins wait for their end; try again later");
  NewWait made;
  made.provider = provider.name;
  made.return_to = std::move(return_to);
  made.peer = request.peer;
  made.scene = provider.scene;
  made.lifetime_ns = provider.scene ? options_.scene_lifetime_ns : options_.lifetime_ns;
  if (!provider.scene) {
    made.bind = bind_of(request, provider);
    made.verifier = random_base62(host_, loop_, kLongChars);
    made.nonce = random_base62(host_, loop_, kIdChars);
  }
  WaitSecrets secrets;
  const Wait &wait = waits_.make(made, secrets);
  flow_.arm();
  Json told = {{"channel", wait.channel},
               {"wait", secrets.wait},
               {"login", wait.id},
               {"expires", made.lifetime_ns / sbx::kSecondNs}};
  if (provider.scene) {
    told["scene"] = wait.scene;
    told["number"] = wait.number;
    return json_answer(200, told.dump());
  }
  told["authorize_url"] = authorize_url(
      provider, {secrets.state, base64url(sha256(made.verifier)), made.nonce, options_.redirect_uri(provider.name)});
  Answer answer = json_answer(200, told.dump());
  answer.headers.emplace_back("set-cookie", cookie_header(options_, provider, made.bind));
  return answer;
}

}  // namespace oauth
