#include "plugins/sources/oauth/scene_push.hpp"

#include <array>
#include <utility>

#include "plugins/sources/oauth/flow.hpp"
#include "plugins/sources/oauth/return_to.hpp"
#include "plugins/sources/oauth/scene_pages.hpp"
#include "plugins/sources/oauth/tokens.hpp"
#include "plugins/sources/oauth/waits.hpp"
#include "plugins/sources/webhook/callback_request.hpp"
#include "plugins/sources/webhook/judgement.hpp"

namespace oauth {
namespace {

constexpr const char *kPreset = "\"wechat-mp-aes\"";  // refuses whatever is not encrypted
constexpr uint64_t kBodyMax = 64u << 10;
constexpr size_t kRandomBytes = 16;
constexpr size_t kNonceChars = 16;
constexpr std::string_view kSecretsPointer = "/secrets";

std::optional<webhook::Verifier> verifier_of(const SceneSecrets &given, const Complain &complain) {
  const webhook::Complain at_provider = [&](const std::string &where, const std::string &what) {
    complain(where.starts_with(kSecretsPointer) ? std::string_view(where).substr(kSecretsPointer.size()) : where, what);
  };
  auto preset = webhook::read_preset(kPreset, "/preset", at_provider);
  if (!preset) return std::nullopt;
  preset->max_body = kBodyMax;
  webhook::Secrets secrets;
  const std::pair<const char *, const std::string &> all[] = {
      {"token", given.token}, {"appid", given.appid}, {"encoding_aes_key", given.encoding_aes_key}};
  for (const auto &[name, value] : all)
    if (!value.empty()) secrets.add(name, value);
  return webhook::Verifier::make(*std::move(preset), std::move(secrets), scene_templates(), {}, at_provider);
}

sbx::Metric counter(sbx::Host host, std::string_view outcome) {
  return {host,      'c',    "signalbox_oauth_pushes_total", "Pushes of official accounts by what became of them",
          "outcome", outcome};
}

Answer in_text(uint32_t status, std::string body, std::string content_type) {
  return {status, std::move(content_type), std::move(body)};
}

}  // namespace

std::unique_ptr<ScenePush> ScenePush::make(sbx::Host host, const Provider &provider, const SceneAddress &address,
                                           Waits &waits, Flow &flow, const Complain &complain) {
  auto verifier = verifier_of(provider.scene_secrets, complain);
  if (!verifier) return nullptr;
  return std::unique_ptr<ScenePush>(new ScenePush(host, provider, address, waits, flow, *std::move(verifier)));
}

ScenePush::ScenePush(sbx::Host host, const Provider &provider, const SceneAddress &address, Waits &waits, Flow &flow,
                     webhook::Verifier verifier)
    : host_(host),
      loop_(*host.service<sbx_loop>()),
      provider_(provider),
      confirm_url_(address.public_url + address.path + "/" + provider.name + "/confirm?c="),
      waits_(waits),
      flow_(flow),
      verifier_(std::move(verifier)),
      reply_keys_{provider.scene_secrets.token, provider.scene_secrets.appid,
                  webhook::decrypt_key(*verifier_.preset().decrypt, provider.scene_secrets.encoding_aes_key)},
      keys_(host, loop_),
      confirm_(host, provider, std::string(origin_of(address.public_url)), keys_, waits, flow),
      complaints_(host),
      scanned_(counter(host, "scanned")),
      ignored_(counter(host, "ignored")),
      limited_(counter(host, "limited")),
      refused_(counter(host, "refused")) {}

void ScenePush::confirm(const sbx_request &request, std::string_view body, const std::function<void(Answer)> &respond) {
  confirm_.answer(request, body, respond);
}

Answer ScenePush::push(const sbx_request &request, std::string_view body, int64_t wall_ns) {
  webhook::CallbackRequest whole = webhook::copy_head(request);
  whole.body = body;
  const webhook::Verdict verdict = verifier_.verify(whole, wall_ns / sbx::kSecondNs);
  if (!verdict.accepted()) return refuse(verdict);
  if (verdict.is_challenge) return in_text(200, verdict.challenge, verdict.challenge_type);
  const auto message = verdict.events.size() == 1 ? read_scene_message(verdict.events[0].data) : std::nullopt;
  if (message) return take(*message, wall_ns);
  ignored_.add();
  return success();
}

// Everything that is wrong with keys and signatures looks the same from outside.
Answer ScenePush::refuse(const webhook::Verdict &verdict) {
  refused_.add();
  const char *stage = webhook::name_of(verdict.stage);
  complaints_.add(stage, loop_.mono_ns(host_.get()),
                  "a push to the provider " + provider_.name + " was refused (" + stage + "): " + verdict.reason);
  const bool form = verdict.stage == webhook::Stage::kStructure || verdict.stage == webhook::Stage::kTemplate;
  const webhook::ReplySpec &reply =
      verifier_.preset().reply[form ? webhook::kReplyBadRequest : webhook::kReplyBadSignature];
  return in_text(reply.status, reply.body, reply.content_type);
}

Answer ScenePush::success() const {
  const webhook::ReplySpec &reply = verifier_.preset().reply[webhook::kReplyOk];
  return in_text(reply.status, reply.body, reply.content_type);
}

Wait *ScenePush::open_wait(std::string_view scene) {
  Wait *wait = scene.empty() ? nullptr : waits_.by_scene(scene);
  if (!wait || wait->over() || wait->provider != provider_.name) return nullptr;
  return wait->expires_ns > loop_.mono_ns(host_.get()) ? wait : nullptr;
}

// A scene that is not (or no more) a login's gets what any other message gets: an account has other codes as well.  A
// push that comes again moves nothing, and whoever scanned first is told the same once more: his answer may be lost.
Answer ScenePush::take(const SceneMessage &message, int64_t wall_ns) {
  const std::string_view scene = scanned_scene(message);
  const int64_t now_s = wall_ns / sbx::kSecondNs;
  const bool first = scene.empty() || seen_.first(message.id(), now_s);
  Wait *wait = open_wait(scene);
  const bool of_another = wait && wait->state == WaitState::kScanned && wait->scanned_by != message.openid;
  if (!wait || of_another || (wait->state == WaitState::kPending && !first)) {
    ignored_.add();
    return success();
  }
  if (wait->state == WaitState::kScanned) return link(message, *wait, wall_ns);
  if (!limit_.allow(message.openid, now_s)) {
    limited_.add();
    return text(message, too_often_message(), wall_ns);
  }
  scanned_.add();
  wait->scanned_by = message.openid;
  waits_.set_confirm(*wait, keys_.link_secret(wait->id));
  flow_.scanned(*wait);
  return link(message, *wait, wall_ns);
}

Answer ScenePush::link(const SceneMessage &message, const Wait &wait, int64_t wall_ns) {
  const std::string &site = provider_.scene_secrets.site;
  return text(message, link_message(site.empty() ? provider_.name : site, confirm_url_ + keys_.link_secret(wait.id)),
              wall_ns);
}

Answer ScenePush::text(const SceneMessage &message, const std::string &content, int64_t wall_ns) {
  std::array<char, kRandomBytes> random{};
  loop_.random(host_.get(), random.data(), random.size());
  const std::string nonce = random_base62(host_, loop_, kNonceChars);
  const int64_t now_s = wall_ns / sbx::kSecondNs;
  const std::string xml = text_reply_xml({message.openid, message.account, now_s, content});
  const auto sealed = sealed_reply(reply_keys_, xml, {{random.data(), random.size()}, nonce, now_s});
  return sealed ? in_text(200, *sealed, "text/xml") : success();
}

}  // namespace oauth
