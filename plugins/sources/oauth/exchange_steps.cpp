#include <algorithm>

#include "plugins/sources/oauth/exchange_impl.hpp"
#include "plugins/sources/oauth/id_token.hpp"
#include "plugins/sources/oauth/profile_impl.hpp"
#include "plugins/sources/oauth/provider_answer_impl.hpp"

namespace oauth {

Exchange::Exchange(sbx::Host host, jose::KeyStore &keys, Login login, Finish finish)
    : host_(host),
      loop_(host.service<sbx_loop>()),
      web_(host.service<sbx_http_client>()),
      keys_(keys),
      login_(std::move(login)),
      finish_(std::move(finish)),
      end_{false, "timeout", "the provider took longer than 5 s", {}} {}

Exchange::~Exchange() {
  if (timer_) loop_->cancel(host_.get(), timer_);
  if (fetch_) web_->cancel(host_.get(), fetch_);
  keys_.forget(login_.id);
}

void Exchange::start() {
  deadline_ns_ = loop_->mono_ns(host_.get()) + kExchangeNs;
  arm(kExchangeNs);
  send(token_request(*login_.provider, {login_.code, login_.verifier, login_.redirect_uri}), &Exchange::on_token);
  login_.code.clear();  // it is used up
  login_.verifier.clear();
}

void Exchange::send(const BackRequest &request, Step next) {
  const int64_t left_ns = deadline_ns_ - loop_->mono_ns(host_.get());
  std::vector<sbx_attr> headers;
  for (const auto &[name, value] : request.headers) headers.push_back({sbx::raw(name), sbx::raw(value)});
  sbx_fetch fetch{};
  fetch.size = sizeof fetch;
  fetch.method = sbx::raw(request.method);
  fetch.url = sbx::raw(request.url);
  fetch.headers = headers.data();
  fetch.header_count = headers.size();
  fetch.body = sbx::raw(request.body);
  fetch.timeout_ns = std::max<int64_t>(left_ns, 1);
  fetch.body_max = kAnswerBytesMax;
  fetch.ca = sbx::raw(login_.provider->ca);
  const auto fetched = [](void *user, sbx_id, const sbx_fetched *answer) noexcept {
    auto &self = *static_cast<Exchange *>(user);
    const sbx::Host host = self.host_;
    self.fetch_ = 0;
    sbx::guarded(host, [&] { (self.*self.next_)(*answer); });
  };
  next_ = next;
  fetch_ = web_ ? web_->fetch(host_.get(), &fetch, fetched, this) : 0;
  if (!fetch_)
    fail_later("exchange_failed", "no request could be made: too many are under way, or its text is not good");
}

void Exchange::on_token(const sbx_fetched &answer) {
  Judged judged = judge_answer(*login_.provider, "token endpoint", answer);
  if (!judged.ok()) return fail(std::move(judged.reason), std::move(judged.detail));
  token_answer_ = std::move(judged.object);
  if (login_.provider->openid) {
    if (text_at(token_answer_, "/id_token").empty()) return fail("bad_token", "the token endpoint gave no ID token");
    return ask_for_keys(false);
  }
  claims_ = claims_of_token_answer(*login_.provider, token_answer_);
  go_on();
}

void Exchange::ask_for_keys(bool wanting) {
  wanted_ = wanted_ || wanting;
  keys_.get(login_.provider->keys, login_.id, wanting, [this](const jose::Keys &keys) { on_keys(keys); });
}

void Exchange::on_keys(const jose::Keys &keys) {
  if (!keys) return fail("provider_error", "the provider's keys could not be had");
  const bool newer = keys != known_;
  known_ = keys;
  CheckedIdToken checked;
  if (newer)
    checked = check_id_token(*login_.provider, text_at(token_answer_, "/id_token"), *keys, login_.nonce,
                             loop_->wall_ns(host_.get()) / sbx::kSecondNs);
  else
    checked.fault = jose::Fault::kNoKey;
  // The provider may have changed its keys a moment ago.
  if (checked.fault == jose::Fault::kNoKey && !wanted_) return ask_for_keys(true);
  if (checked.fault != jose::Fault::kNone)
    return fail("bad_token", "the ID token is refused: " + std::string(jose::text_of(checked.fault)));
  if (checked.wrong_domain) return fail("refused", "the account is not of the configured hosted domain");
  claims_ = claims_of_id_token(nlohmann::json::parse(checked.claims, nullptr, false));
  go_on();
}

void Exchange::go_on() {
  if (login_.provider->userinfo_url.empty()) return succeed();
  ask_userinfo();
}

void Exchange::ask_userinfo() {
  const std::string access_token = text_at(token_answer_, "/access_token");
  if (access_token.empty()) return fail("exchange_failed", "the token endpoint gave no access token");
  if (!std::all_of(access_token.begin(), access_token.end(), [](char c) { return c > ' ' && c < 0x7f; }))
    return fail("exchange_failed", "the token endpoint gave an access token with bad characters");
  Params params;
  for (const auto &[name, value] : login_.provider->userinfo_params) {
    const auto text = filled(value, *login_.provider, token_answer_);
    if (!text) return fail("exchange_failed", "the token endpoint's answer lacks what userinfo is asked with");
    params.emplace_back(name, *text);
  }
  send(userinfo_request(*login_.provider, access_token, params), &Exchange::on_userinfo);
}

void Exchange::on_userinfo(const sbx_fetched &answer) {
  const Judged judged = judge_answer(*login_.provider, "userinfo endpoint", answer);
  if (!judged.ok()) return fail(judged.reason, judged.detail);
  if (!add_userinfo(*login_.provider, judged.object, claims_))
    return fail("exchange_failed", "the userinfo endpoint speaks of another user than the token");
  succeed();
}

void Exchange::succeed() {
  auto profile = profile_of(*login_.provider, claims_);
  if (!profile) return fail("exchange_failed", "no subject can be made of what the provider said");
  end({true, {}, {}, std::move(*profile)});
}

void Exchange::fail(std::string reason, std::string detail) { end({false, std::move(reason), std::move(detail), {}}); }

void Exchange::end(ExchangeResult result) {
  const Finish finish = std::move(finish_);  // this is gone when it returns
  finish(login_.id, std::move(result));
}

void Exchange::fail_later(std::string reason, std::string detail) {
  end_ = {false, std::move(reason), std::move(detail), {}};
  arm(0);
}

void Exchange::arm(int64_t after_ns) {
  if (timer_) loop_->cancel(host_.get(), timer_);
  const auto rang = [](void *user, sbx_id) noexcept {
    auto &self = *static_cast<Exchange *>(user);
    const sbx::Host host = self.host_;
    sbx::guarded(host, [&] { self.on_timer(); });
  };
  timer_ = loop_->timer(host_.get(), after_ns, 0, rang, this);
}

void Exchange::on_timer() {
  timer_ = 0;
  end(std::move(end_));
}

}  // namespace oauth
