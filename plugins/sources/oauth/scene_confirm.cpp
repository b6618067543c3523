#include "plugins/sources/oauth/scene_confirm.hpp"

#include <algorithm>
#include <sbx/json_text.hpp>

#include "plugins/sources/oauth/exchange.hpp"
#include "plugins/sources/oauth/flow.hpp"
#include "plugins/sources/oauth/scene_pages.hpp"
#include "plugins/sources/oauth/tokens.hpp"
#include "plugins/sources/oauth/waits.hpp"
#include "plugins/sources/webhook/fields.hpp"

namespace oauth {
namespace {

constexpr size_t kFormMax = 512, kQueryMax = 512;
constexpr size_t kSecretChars = 32;

std::string_view header(const sbx_request &request, std::string_view name) {
  for (size_t i = 0; i < request.header_count; ++i)
    if (sbx::view(request.headers[i].key) == name) return sbx::view(request.headers[i].value);
  return {};
}

sbx::Metric counter(sbx::Host host, std::string_view outcome) {
  return {
      host,      'c',    "signalbox_oauth_confirms_total", "Decisions on the page of a scanned code, by what they were",
      "outcome", outcome};
}

// No token is in it: an official account's push names its user by openid alone, which is another one for each account.
Profile profile_of(const Provider &provider, const Wait &wait, std::string_view phone) {
  Profile profile;
  const std::string &appid = provider.scene_secrets.appid;
  profile.subject = appid + ":" + wait.scanned_by;
  std::string &json = profile.json;
  const auto field = [&](const char *name, std::string_view value) {
    json.append("\"").append(name) += "\":";
    sbx::json::append_quoted(json, sbx::json::valid_utf8(value) ? value : std::string_view());
  };
  json = "{";
  field("provider", provider.name), json += ',';
  field("subject", profile.subject), json += ",\"claims\":{";
  field("appid", appid), json += ',';
  field("openid", wait.scanned_by), json += ',';
  // Far apart, they are a reason for the application to look twice.
  field("started_from", wait.peer), json += ',';
  field("confirmed_from", phone), json += "}}";
  return profile;
}

}  // namespace

std::optional<ConfirmForm> read_confirm_form(std::string_view body) {
  if (body.size() > kFormMax) return std::nullopt;
  const auto fields = webhook::read_form(body);
  if (!fields) return std::nullopt;
  const std::string *secret = fields->find("c"), *token = fields->find("t"), *choice = fields->find("n");
  if (!secret || !token || !choice) return std::nullopt;
  if (secret->size() != kSecretChars || token->size() != kSecretChars || choice->size() != 2) return std::nullopt;
  return ConfirmForm{*secret, *token, *choice};
}

std::string read_link_secret(std::string_view query) {
  if (query.size() > kQueryMax) return {};
  const auto fields = webhook::read_form(query);
  const std::string *secret = fields ? fields->find("c") : nullptr;
  return secret && secret->size() == kSecretChars ? *secret : std::string();
}

SceneConfirm::SceneConfirm(sbx::Host host, const Provider &provider, std::string origin, const SceneKeys &keys,
                           Waits &waits, Flow &flow)
    : host_(host),
      loop_(*host.service<sbx_loop>()),
      provider_(provider),
      origin_(std::move(origin)),
      keys_(keys),
      waits_(waits),
      flow_(flow),
      confirmed_(counter(host, "confirmed")),
      denied_(counter(host, "denied")),
      wrong_(counter(host, "wrong_number")),
      refused_(counter(host, "refused")) {}

void SceneConfirm::answer(const sbx_request &request, std::string_view body, const Respond &respond) {
  const std::string_view method = sbx::view(request.method);
  if (method == "GET") return respond(show(request));
  if (method == "POST") return decide(request, body, respond);
  respond(notice_page(Notice::kMethod));
}

Wait *SceneConfirm::wait_of(std::string_view secret) {
  Wait *wait = secret.empty() ? nullptr : waits_.by_confirm(secret);
  if (!wait || wait->provider != provider_.name || wait->state != WaitState::kScanned) return nullptr;
  return wait->expires_ns > loop_.mono_ns(host_.get()) ? wait : nullptr;
}

Answer SceneConfirm::show(const sbx_request &request) {
  const std::string secret = read_link_secret(sbx::view(request.query));
  const Wait *wait = wait_of(secret);
  if (!wait) return notice_page(Notice::kOver);
  const std::string token = keys_.form_token(wait->id);
  const std::string &site = provider_.scene_secrets.site;
  return choice_page({site.empty() ? std::string_view(provider_.name) : site, wait->peer, loop_.wall_ns(host_.get()),
                      secret, token, keys_.choices(wait->id, wait->number)});
}

// Browsers that say where a request comes from (Fetch Metadata) are believed first; the others send Origin with every
// form.  What says neither is no form of ours.
bool SceneConfirm::from_own_page(const sbx_request &request) const {
  const std::string_view site = header(request, "sec-fetch-site"), origin = sbx::view(request.origin);
  if (!site.empty() && site != "same-origin") return false;
  if (origin == origin_) return true;
  return !site.empty() && (origin.empty() || origin == "null");
}

void SceneConfirm::decide(const sbx_request &request, std::string_view body, const Respond &respond) {
  const auto refuse = [&](Notice notice) {
    refused_.add();
    respond(notice_page(notice));
  };
  if (!from_own_page(request)) return refuse(Notice::kRefused);
  const auto form = read_confirm_form(body);
  if (!form) return refuse(Notice::kRefused);
  Wait *wait = wait_of(form->secret);
  if (!wait) return refuse(Notice::kOver);
  if (!same_bytes(sha256(form->token), sha256(keys_.form_token(wait->id)))) return refuse(Notice::kRefused);
  // From here on the link is used: under this name nobody finds the wait again.
  waits_.set_confirm(*wait, random_base62(host_, loop_, kIdChars));
  if (form->choice == wait->number) return accept(*wait, request, respond);
  const bool denied = form->choice == "no";
  (denied ? denied_ : wrong_).add();
  flow_.fail(*wait, denied ? "denied" : "refused");
  respond(notice_page(denied ? Notice::kDenied : Notice::kWrongNumber));
}

void SceneConfirm::accept(Wait &wait, const sbx_request &request, const Respond &respond) {
  confirmed_.add();
  flow_.succeed(wait, profile_of(provider_, wait, sbx::view(request.peer)),
                [respond](bool durable) { respond(notice_page(durable ? Notice::kDone : Notice::kNotSaved)); });
}

}  // namespace oauth
