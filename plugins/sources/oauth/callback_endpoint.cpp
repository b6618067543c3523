#include "plugins/sources/oauth/callback_endpoint.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "plugins/sources/oauth/authorize_url.hpp"
#include "plugins/sources/oauth/flow.hpp"
#include "plugins/sources/oauth/pages.hpp"
#include "plugins/sources/oauth/tokens.hpp"
#include "plugins/sources/webhook/request_head.hpp"

namespace oauth {
namespace {

constexpr int64_t kPatienceNs = 2 * sbx::kSecondNs;
// An exchange has an end of its own after five seconds; the wait must not be over before it.
constexpr int64_t kExchangeNs = 10 * sbx::kSecondNs;
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

bool is_form(const Request &request) {
  const std::string_view type = only_header(request, "content-type");
  return webhook::same_word(type.substr(0, std::min(kFormType.size(), type.size())), kFormType);
}

// Where the page that waits is, it hears how the login ended; else a page of ours says it.
Answer end_answer(const Wait &wait, Page page) {
  return wait.return_to.empty() ? page_answer(page) : redirect_answer(wait.return_to);
}

}  // namespace

CallbackEndpoint::CallbackEndpoint(sbx::Host host, const sbx_loop &loop, const Options &options, Waits &waits,
                                   Flow &flow, Respond respond)
    : host_(host),
      loop_(loop),
      options_(options),
      waits_(waits),
      flow_(flow),
      respond_(std::move(respond)),
      exchanges_(host, options.exchanges),
      refused_limit_(options.starts_per_minute),
      complaints_(host) {}

CallbackEndpoint::~CallbackEndpoint() {
  for (const auto &[timer, run] : runs_) loop_.cancel(host_.get(), timer);
}

// One page for all that is wrong with a callback: a stranger learns nothing from it.
Answer CallbackEndpoint::refuse(const char *outcome, const Request &callback, const char *why) {
  const int64_t now = loop_.mono_ns(host_.get());
  refused_limit_.take(callback.peer, now);
  count(outcome);
  complaints_.add(outcome, now, "refused a callback from " + callback.peer + ": " + why);
  return page_answer(Page::kRefused);
}

std::optional<Answer> CallbackEndpoint::take(sbx_id request, const Provider &provider, const Request &callback) {
  const bool post = callback.method == "POST";
  if (post != provider.form_post || (!post && callback.method != "GET")) {
    Answer refused = refuse("bad_request", callback, "this provider's callbacks come with another method");
    refused.status = 405;
    refused.headers.emplace_back("allow", provider.form_post ? "POST" : "GET");
    return refused;
  }
  if (refused_limit_.exceeded(callback.peer, loop_.mono_ns(host_.get()))) {
    count("limited");
    Answer refused = page_answer(Page::kBusy);
    refused.status = 429;
    refused.headers.emplace_back("retry-after", "60");
    return refused;
  }
  if (post && !is_form(callback)) return refuse("bad_request", callback, "it is not a form");
  CallbackParams params = read_callback(provider, post ? callback.body : callback.query);
  if (params.repeated) return refuse("bad_request", callback, "a parameter comes twice");
  if (params.malformed) return refuse("bad_request", callback, "its parameters are none that a provider sends");
  Wait *wait = waits_.take_state(params.state);
  if (!wait || wait->over()) return refuse("unknown_state", callback, "its state is unknown, was used or is too old");
  if (wait->provider != provider.name)
    return refuse("other_provider", callback, "its state was made for another provider");
  if (!issuer_fits(provider, params)) return refuse("other_issuer", callback, "its issuer is not this provider's");
  const std::string_view bind = only_cookie(callback, options_.cookie_name(provider));
  if (bind.empty() || !same_bytes(sha256(bind), wait->bind_digest))
    return refuse("other_browser", callback, "it comes from another browser than the one that started the login");
  if (!params.error.empty()) {
    count(params.error == "denied" ? "denied" : "provider_error");
    flow_.fail(*wait, params.error);
    return end_answer(*wait, params.error == "denied" ? Page::kDenied : Page::kFailed);
  }
  return exchange(request, provider, *wait, std::move(params.code));
}

std::optional<Answer> CallbackEndpoint::exchange(sbx_id request, const Provider &provider, Wait &wait,
                                                 std::string code) {
  const int64_t now = loop_.mono_ns(host_.get());
  const sbx_id run = loop_.timer(
      host_.get(), kPatienceNs, 0,
      [](void *self, sbx_id timer) noexcept {
        auto &e = *static_cast<CallbackEndpoint *>(self);
        sbx::guarded(e.host_, [&] { e.on_patience_over(timer); });
      },
      this);
  const uint64_t exchange =
      exchanges_.begin(provider, std::move(code), wait.verifier, wait.nonce, options_.redirect_uri(provider.name),
                       [this, run](const ExchangeResult &result) { on_result(run, result); });
  if (exchange == 0) {
    loop_.cancel(host_.get(), run);
    count("busy");
    complaints_.add("busy", now, "a login failed: too many exchanges are under way, see limits/exchanges");
    flow_.fail(wait, "unavailable");
    return page_answer(Page::kBusy);
  }
  count("taken");
  waits_.put_off(wait, std::max(wait.expires_ns, now + kExchangeNs));
  runs_[run] = {request, wait.id, exchange};
  return std::nullopt;
}

void CallbackEndpoint::on_result(sbx_id run, const ExchangeResult &result) {
  const auto found = runs_.find(run);
  if (found == runs_.end()) return;
  Wait *wait = waits_.by_id(found->second.wait);
  if (!wait || wait->over()) return settle(run, page_answer(Page::kRefused));
  if (!result.ok) {
    complaints_.add("exchange", loop_.mono_ns(host_.get()),
                    "a login by " + wait->provider + " failed: " + result.reason + ": " + result.detail);
    flow_.fail(*wait, result.reason);
    return settle(run, end_answer(*wait, Page::kFailed));
  }
  const Answer done = end_answer(*wait, Page::kDone);
  flow_.succeed(*wait, result.profile,
                [this, run, done](bool durable) { settle(run, durable ? done : page_answer(Page::kBusy)); });
}

void CallbackEndpoint::on_patience_over(sbx_id run) {
  const auto found = runs_.find(run);
  if (found == runs_.end() || found->second.request == 0) return;
  respond_(std::exchange(found->second.request, 0), page_answer(Page::kProcessing));
}

void CallbackEndpoint::settle(sbx_id run, const Answer &answer) {
  const auto gone = runs_.extract(run);
  if (gone.empty()) return;
  loop_.cancel(host_.get(), run);
  if (gone.mapped().request != 0) respond_(gone.mapped().request, answer);
  if (runs_.empty() && idle_) idle_();
}

void CallbackEndpoint::give_up() {
  std::vector<sbx_id> all;
  for (const auto &[run, entry] : runs_) all.push_back(run);
  for (const sbx_id run : all) {
    exchanges_.cancel(runs_[run].exchange);
    if (Wait *wait = waits_.by_id(runs_[run].wait); wait && !wait->over()) flow_.fail(*wait, "unavailable");
    settle(run, page_answer(Page::kBusy));
  }
}

void CallbackEndpoint::count(const char *outcome) {
  auto found = outcomes_.find(outcome);
  if (found == outcomes_.end())
    found = outcomes_
                .emplace(outcome, sbx::Metric(host_, 'c', "signalbox_oauth_callbacks_total",
                                              "Callbacks by what was made of them", "outcome", outcome))
                .first;
  found->second.add();
}

}  // namespace oauth
