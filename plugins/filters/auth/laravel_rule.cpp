#include "plugins/filters/auth/laravel_rule.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "plugins/filters/auth/laravel_answer.hpp"

namespace auth {
namespace {

constexpr uint64_t kAnswerMax = 64u << 10;
// Of requests that wait: a stranger chooses the size of his cookies.
constexpr size_t kWaitingBytesMax = 64u << 20;
// That may share one call; more is nobody's page.
constexpr size_t kSharersMax = 4096;
constexpr uint32_t kNobodyAsked = 0, kForbidden = 403;

const sbx_http_client &client_or_throw(sbx::Host host) {
  const auto *client = host.service<sbx_http_client>();
  if (!client) throw std::runtime_error("this signalbox is too old for a laravel rule");
  return *client;
}

}  // namespace

CallMetrics::CallMetrics(sbx::Host host)
    : under_way(host, 'g', "signalbox_auth_calls", "Questions to auth endpoints that are under way"),
      waiting(host, 'g', "signalbox_auth_waiting", "Subscriptions that wait for their turn to be asked about"),
      cached(host, 'c', "signalbox_auth_cached_total", "Subscriptions admitted by an answer that was still good"),
      joined(host, 'c', "signalbox_auth_joined_total", "Subscriptions that shared a question under way") {}

LaravelRule::LaravelRule(sbx::Host host, const sbx_loop &loop, LaravelOptions options, CallMetrics &metrics)
    : host_(host),
      loop_(loop),
      client_(client_or_throw(host)),
      options_(std::move(options)),
      metrics_(metrics),
      cache_(options_.cache_ns) {}

LaravelRule::~LaravelRule() { forget_all(); }

void LaravelRule::judge(const LaravelAsk &ask, Then then) {
  LaravelRequest request = make_request(options_, ask);
  if (!request.wrong.empty()) return then(refusal(request.wrong, kForbidden));
  std::string key = request.key();
  if (const Judgement *kept = cache_.find(key, loop_.mono_ns(host_.get()))) {
    metrics_.cached.add();
    return then(Judgement(*kept));
  }
  const auto same = call_of_key_.find(key);
  if (same == call_of_key_.end()) return enqueue(std::move(request), std::move(key), ask, std::move(then));
  Call &call = calls_.at(same->second);
  const bool waits = call.fetch == 0;
  if (call.thens.size() >= kSharersMax || asks_ >= options_.queue + options_.concurrency)
    return then(refusal("queue_full", kNobodyAsked));
  call.thens.push_back(std::move(then));
  ++asks_;
  metrics_.joined.add();
  count(0, waits ? 1 : 0);
}

void LaravelRule::enqueue(LaravelRequest request, std::string key, const LaravelAsk &ask, Then then) {
  const size_t bytes = request.bytes();
  if (asks_ >= options_.queue + options_.concurrency || waiting_bytes_ + bytes > kWaitingBytesMax)
    return then(refusal("queue_full", kNobodyAsked));
  const uint64_t number = ++last_call_;
  call_of_key_.emplace(key, number);
  Call call;
  call.key = std::move(key);
  call.request = std::move(request);
  call.presence = ask.presence;
  call.until_ns = loop_.mono_ns(host_.get()) + options_.wait_ns;
  call.thens.push_back(std::move(then));
  calls_.emplace(number, std::move(call));
  queue_.add(number, ask.visitor ? std::string(sbx::view(ask.visitor->id)) : std::string());
  waiting_bytes_ += bytes;
  ++asks_;
  count(0, 1);
  begin_calls();
}

void LaravelRule::begin_calls() {
  while (call_of_fetch_.size() < options_.concurrency) {
    const auto next = queue_.take();
    if (!next) break;
    begin(calls_.find(*next));
  }
  arm();
}

void LaravelRule::begin(Calls::iterator found) {
  Call &call = found->second;
  count(0, -static_cast<int>(call.thens.size()));
  waiting_bytes_ -= call.request.bytes();
  std::vector<sbx_attr> headers;
  for (const Header &h : call.request.headers) headers.push_back({sbx::raw(h.name), sbx::raw(h.value)});
  sbx_fetch asked{};
  asked.size = sizeof asked;
  asked.method = sbx::raw("POST");
  asked.url = sbx::raw(call.request.url);
  asked.headers = headers.data();
  asked.header_count = headers.size();
  asked.body = sbx::raw(call.request.body);
  asked.timeout_ns = options_.timeout_ns;
  asked.body_max = kAnswerMax;
  asked.ca = sbx::raw(options_.ca);
  call.fetch = client_.fetch(
      host_.get(), &asked,
      [](void *self, sbx_id fetch, const sbx_fetched *fetched) noexcept {
        auto &rule = *static_cast<LaravelRule *>(self);
        sbx::guarded(rule.host_, [&] { rule.on_fetched(fetch, *fetched); });
      },
      this);
  if (call.fetch == 0) return end(found, refusal("not_sent", kNobodyAsked));
  call.request = {};  // it may be large, and is not needed a second time
  call_of_fetch_.emplace(call.fetch, found->first);
  count(1, 0);
}

void LaravelRule::on_fetched(sbx_id fetch, const sbx_fetched &fetched) {
  const auto under_way = call_of_fetch_.extract(fetch);
  if (under_way.empty()) return;
  count(-1, 0);
  const auto call = calls_.find(under_way.mapped());
  const Judgement judgement = judge_answer(fetched, call->second.presence);
  if (judgement.admitted) cache_.keep(call->second.key, judgement, loop_.mono_ns(host_.get()));
  end(call, judgement);
  begin_calls();
}

void LaravelRule::end(Calls::iterator found, const Judgement &judgement) {
  Call call = std::move(found->second);
  calls_.erase(found);
  call_of_key_.erase(call.key);
  asks_ -= call.thens.size();
  for (const Then &then : call.thens) then(judgement);
}

// All wait equally long, so the oldest is the first whose time is over.
void LaravelRule::arm() {
  const auto oldest = queue_.oldest();
  if (!oldest || timer_ != 0) return;
  const int64_t left_ns = calls_.at(*oldest).until_ns - loop_.mono_ns(host_.get());
  timer_ = loop_.timer(
      host_.get(), std::max<int64_t>(left_ns, 0), 0,
      [](void *self, sbx_id) noexcept {
        auto &rule = *static_cast<LaravelRule *>(self);
        sbx::guarded(rule.host_, [&] { rule.on_timer(); });
      },
      this);
}

void LaravelRule::on_timer() {
  timer_ = 0;
  const int64_t now_ns = loop_.mono_ns(host_.get());
  for (auto oldest = queue_.oldest(); oldest; oldest = queue_.oldest()) {
    const auto call = calls_.find(*oldest);
    if (call->second.until_ns > now_ns) break;
    queue_.remove(*oldest);
    waiting_bytes_ -= call->second.request.bytes();
    count(0, -static_cast<int>(call->second.thens.size()));
    end(call, refusal("waited_too_long", kNobodyAsked));
  }
  arm();
}

void LaravelRule::forget_all() {
  for (const auto &[fetch, call] : call_of_fetch_) client_.cancel(host_.get(), fetch);
  if (timer_ != 0) loop_.cancel(host_.get(), std::exchange(timer_, 0));
  count(-static_cast<int>(call_of_fetch_.size()), -static_cast<int>(waiting_));
  call_of_fetch_.clear();
  call_of_key_.clear();
  calls_.clear();
  queue_ = FairQueue();
  waiting_bytes_ = asks_ = 0;
}

void LaravelRule::count(int calls, int waiting) {
  waiting_ = static_cast<size_t>(static_cast<std::ptrdiff_t>(waiting_) + waiting);
  metrics_.calls_under_way = static_cast<size_t>(static_cast<std::ptrdiff_t>(metrics_.calls_under_way) + calls);
  metrics_.asks_waiting = static_cast<size_t>(static_cast<std::ptrdiff_t>(metrics_.asks_waiting) + waiting);
  if (calls != 0) metrics_.under_way.set(static_cast<double>(metrics_.calls_under_way));
  if (waiting != 0) metrics_.waiting.set(static_cast<double>(metrics_.asks_waiting));
}

}  // namespace auth
