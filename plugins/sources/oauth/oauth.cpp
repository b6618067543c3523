// The source `oauth`: logins by other people's accounts.  One instance, on one lane: the host brings every connection
// with a request for it there.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <sbx/sbx.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "plugins/sources/oauth/callback_endpoint.hpp"
#include "plugins/sources/oauth/flow.hpp"
#include "plugins/sources/oauth/front.hpp"
#include "plugins/sources/oauth/gatekeeper.hpp"
#include "plugins/sources/oauth/options.hpp"
#include "plugins/sources/oauth/redeem_endpoint.hpp"
#include "plugins/sources/oauth/scene_push.hpp"
#include "plugins/sources/oauth/start_endpoint.hpp"
#include "plugins/sources/oauth/tickets.hpp"
#include "plugins/sources/oauth/waits.hpp"

namespace oauth {
namespace {

constexpr const char kSchema[] =
#include "schema.json.inc"
    ;

constexpr uint64_t kBodyMax = 64u << 10;  // a push; everything else is shorter
constexpr uint64_t kRedeemBodyMax = 4096;
constexpr size_t kRequestsMax = 1024;
// How long the channel of a login that is over can still be asked for.
constexpr int64_t kKeepNs = 60 * sbx::kSecondNs;
// Between giving up and the deadline: the last events want their receipts.
constexpr int64_t kLastWordsNs = sbx::kSecondNs;

Options options_or_throw(sbx::Host host, std::string_view config) {
  auto options = read_options(host, config);
  if (!options) throw sbx::Refused{};
  return *std::move(options);
}

template <class Service>
const Service &service_or_throw(sbx::Host host) {
  const auto *table = host.service<Service>();
  if (!table) throw std::runtime_error("this signalbox is too old for the oauth source");
  return *table;
}

class OAuth {
 public:
  OAuth(sbx::Host host, std::string_view config)
      : host_(host),
        loop_(service_or_throw<sbx_loop>(host)),
        http_(service_or_throw<sbx_http>(host)),
        options_(options_or_throw(host, config)),
        waits_(host, loop_, options_.channel, options_.waits),
        tickets_(host, loop_, options_.ticket_lifetime_ns, options_.waits.waits),
        flow_(host, loop_, waits_, tickets_, {options_.expose, kKeepNs}),
        gatekeeper_(waits_, options_.tabs),
        front_(host, http_, {options_.listener, options_.path, kBodyMax, kRequestsMax},
               [this](sbx_id id, const Request &request) { return route(id, request); }),
        start_(host, loop_, options_, waits_, flow_),
        callback_(host, loop_, options_, waits_, flow_,
                  [this](sbx_id id, const Answer &answer) { front_.answer(id, answer); }) {
    if (options_.redeem) {
      redeem_.emplace(host, loop_, options_.redeem->path, options_.redeem->keys, tickets_);
      redeem_front_.emplace(
          host, http_, FrontOptions{options_.redeem->listener, options_.redeem->path, kRedeemBodyMax, kRequestsMax},
          [this](sbx_id, const Request &request) { return std::optional(redeem_->take(request)); });
    }
    make_scenes();
  }
  OAuth(const OAuth &) = delete;
  OAuth &operator=(const OAuth &) = delete;
  ~OAuth() {
    if (deadline_timer_ != 0) loop_.cancel(host_.get(), deadline_timer_);
  }

  sbx_status start() {
    const sbx_status mounted = front_.mount();
    if (mounted != SBX_OK || !redeem_front_) return mounted;
    return redeem_front_->mount();
  }
  void on_ack(uint64_t token, const sbx_receipt &receipt) { flow_.on_ack(token, receipt); }
  void stop(int64_t deadline_ns);
  const void *extension(std::string_view name) { return name == SBX_ADMISSION ? &kGatekeeper : nullptr; }
  sbx_status admit(sbx_id ask, const sbx_join &join);

  static const sbx_gatekeeper kGatekeeper;

 private:
  void make_scenes();
  std::optional<Answer> route(sbx_id id, const Request &request);
  std::optional<Answer> of_scene(sbx_id id, ScenePush &scene, std::string_view action, const Request &request);
  void last_words();
  void stopped_if_idle();

  sbx::Host host_;
  const sbx_loop &loop_;
  const sbx_http &http_;
  const Options options_;
  Waits waits_;
  Tickets tickets_;
  Flow flow_;
  Gatekeeper gatekeeper_;
  Front front_;
  StartEndpoint start_;
  CallbackEndpoint callback_;
  std::map<std::string, std::unique_ptr<ScenePush>, std::less<>> scenes_;  // by provider
  std::optional<RedeemEndpoint> redeem_;
  std::optional<Front> redeem_front_;
  bool stopping_ = false, expired_ = false, last_try_ = false, stopped_ = false;
  sbx_id deadline_timer_ = 0;
};

void OAuth::make_scenes() {
  bool fine = true;
  for (const auto &[name, provider] : options_.providers) {
    if (!provider.scene) continue;
    const Complain complain = [&, where = "/providers/" + name](std::string_view pointer, std::string_view text) {
      host_.problem(where + std::string(pointer), text);
      fine = false;
    };
    if (auto scene = ScenePush::make(host_, provider, {options_.public_url, options_.path}, waits_, flow_, complain))
      scenes_[name] = std::move(scene);
    else
      fine = false;
  }
  if (!fine) throw sbx::Refused{};
}

std::optional<Answer> OAuth::route(sbx_id id, const Request &request) {
  std::string_view rest = request.path;
  rest.remove_prefix(std::min(options_.path.size() + 1, rest.size()));
  if (rest == "start") return start_.take(request);
  const size_t slash = rest.find('/');
  const auto provider = options_.providers.find(rest.substr(0, slash));
  const std::string_view action = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  if (provider != options_.providers.end()) {
    const auto scene = scenes_.find(provider->first);
    if (scene != scenes_.end() && (action == "push" || action == "confirm"))
      return of_scene(id, *scene->second, action, request);
    if (scene == scenes_.end() && action == "callback") return callback_.take(id, provider->second, request);
  }
  return json_refusal(404, "not_found", "there is nothing at this path");
}

std::optional<Answer> OAuth::of_scene(sbx_id id, ScenePush &scene, std::string_view action, const Request &request) {
  const RequestView lent(request);
  if (action == "push") return scene.push(lent.get(), request.body, loop_.wall_ns(host_.get()));
  scene.confirm(lent.get(), request.body, [this, id](const Answer &answer) { front_.answer(id, answer); });
  return std::nullopt;
}

// Logins whose provider is being asked may still end well; everybody else has to start again later, and is told so.
void OAuth::stop(int64_t deadline_ns) {
  stopping_ = true;
  front_.refuse_new();
  if (redeem_front_) redeem_front_->refuse_new();
  callback_.when_idle([this] { last_words(); });
  flow_.when_idle([this] { stopped_if_idle(); });
  const int64_t left = deadline_ns - loop_.mono_ns(host_.get()) - kLastWordsNs;
  deadline_timer_ = loop_.timer(
      host_.get(), std::max<int64_t>(left, 0), 0,
      [](void *self, sbx_id) noexcept {
        auto &o = *static_cast<OAuth *>(self);
        o.deadline_timer_ = 0;
        sbx::guarded(o.host_, [&] {
          o.last_try_ = true;
          o.callback_.give_up();
          o.stopped_if_idle();
        });
      },
      this);
  if (callback_.under_way() == 0) last_words();
}

void OAuth::last_words() {
  if (!stopping_ || std::exchange(expired_, true)) return;
  flow_.expire_all();
  stopped_if_idle();
}

void OAuth::stopped_if_idle() {
  if (!expired_ || flow_.under_way() > 0) return;
  // Ends that the queue had no room for are told again, as long as there is time.
  if (flow_.untold() > 0 && !last_try_) return;
  if (std::exchange(stopped_, true)) return;
  host_.stopped();
}

// Whoever holds a wait is vouched for, in case its channel is a restricted one.
sbx_status OAuth::admit(sbx_id ask, const sbx_join &join) {
  const sbx_status verdict = gatekeeper_.admit(join);
  const auto *admission = host_.service<sbx_admission>();
  if (verdict != SBX_OK || !gatekeeper_.guards(sbx::view(join.channel)) || !admission) return verdict;
  sbx_grant grant{};
  grant.size = sizeof grant;
  grant.flags = SBX_GRANT_VOUCHED;
  admission->answer(host_.get(), ask, &grant);
  return SBX_PENDING;
}

const sbx_gatekeeper OAuth::kGatekeeper = {
    sizeof(sbx_gatekeeper), 0, [](void *self, sbx_id ask, const sbx_join *join) noexcept -> sbx_status {
      auto &box = sbx::Adapter<OAuth>::box(self);
      return sbx::guarded<sbx_status>(box.host, SBX_EREFUSED, [&] { return box.plugin.admit(ask, *join); });
    }};

const sbx_plugin kPlugin = sbx::table<OAuth>(
    SBX_SOURCE, "oauth", "1.0.0", "Logins by other people's accounts: OAuth 2, OpenID Connect, WeChat codes.", kSchema);

}  // namespace
}  // namespace oauth

SBX_MODULE("oauth", "1.0.0", &oauth::kPlugin)
