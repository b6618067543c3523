#include "plugins/sources/webhook/inquiries.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace webhook {
namespace {

// At a time; each is a connection of its own, and the provider limits them, too.
constexpr size_t kExchangesMax = 32;
// Certificates and tokens; a provider has one or two of them in use.
constexpr size_t kKeptMax = 16;
// Of an answer: a payment with everything that belongs to it is some KiB.
constexpr uint64_t kAnswerMax = 256u << 10;

sbx::Metric counter(sbx::Host host, const char *outcome) {
  return {host,      'c',    "signalbox_webhook_inquiries_total", "Questions to the provider by what became of them",
          "outcome", outcome};
}

}  // namespace

Inquiries::Inquiries(sbx::Host host, const sbx_loop &loop, Answered answered)
    : host_(host),
      loop_(loop),
      client_(host.service<sbx_http_client>()),
      answered_(std::move(answered)),
      answered_count_(counter(host, "answered")),
      failed_(counter(host, "failed")),
      known_(counter(host, "known")),
      busy_(counter(host, "busy")) {}

const ProviderAnswer *Inquiries::known(const Question &question) {
  const auto found = kept_.find(question.shared_key());
  if (found == kept_.end()) return nullptr;
  if (found->second.until_ns <= loop_.mono_ns(host_.get())) {
    kept_.erase(found);
    return nullptr;
  }
  known_.add();
  return &found->second.answer;
}

bool Inquiries::ask(uint64_t number, const Question &question, int64_t timeout_ns) {
  const std::string key = question.shared_key();
  auto same = exchanges_.end();
  if (!key.empty())
    same = std::find_if(exchanges_.begin(), exchanges_.end(),
                        [&key](const auto &entry) { return entry.second.question.shared_key() == key; });
  if (same == exchanges_.end()) {
    const sbx_id id = exchanges_.size() < kExchangesMax ? fetch(question, timeout_ns) : 0;
    if (id == 0) {
      busy_.add();
      return false;
    }
    same = exchanges_.emplace(id, Exchange{question, {}}).first;
  }
  same->second.numbers.insert(number);
  exchange_of_[number] = same->first;
  return true;
}

sbx_id Inquiries::fetch(const Question &question, int64_t timeout_ns) {
  if (!client_) return 0;
  std::vector<sbx_attr> headers;
  for (const auto &[name, value] : question.headers) headers.push_back({sbx::raw(name), sbx::raw(value)});
  sbx_fetch asked{};
  asked.size = sizeof asked;
  asked.method = sbx::raw(question.method);
  asked.url = sbx::raw(question.url);
  asked.headers = headers.data();
  asked.header_count = headers.size();
  asked.body = sbx::raw(question.body);
  asked.timeout_ns = std::max(timeout_ns, sbx::kMillisecondNs);
  asked.body_max = kAnswerMax;
  return client_->fetch(
      host_.get(), &asked,
      [](void *self, sbx_id id, const sbx_fetched *fetched) noexcept {
        auto &inquiries = *static_cast<Inquiries *>(self);
        sbx::guarded(inquiries.host_, [&] { inquiries.on_fetched(id, *fetched); });
      },
      this);
}

void Inquiries::on_fetched(sbx_id id, const sbx_fetched &fetched) {
  const auto done = exchanges_.extract(id);
  if (done.empty()) return;
  ProviderAnswer answer;
  if (fetched.status == SBX_OK) answer = {fetched.http_status, std::string(sbx::view(fetched.body))};
  (fetched.status == SBX_OK ? answered_count_ : failed_).add();
  for (const uint64_t number : done.mapped().numbers) exchange_of_.erase(number);
  for (const uint64_t number : done.mapped().numbers) answered_(number, done.mapped().question.about, answer);
}

void Inquiries::cancel(uint64_t number) {
  const auto found = exchange_of_.find(number);
  if (found == exchange_of_.end()) return;
  const sbx_id id = found->second;
  exchange_of_.erase(found);
  auto &numbers = exchanges_.at(id).numbers;
  numbers.erase(number);
  if (!numbers.empty()) return;
  exchanges_.erase(id);
  client_->cancel(host_.get(), id);
}

void Inquiries::keep(const Question &question, const ProviderAnswer &answer) {
  const std::string key = question.shared_key();
  const int64_t life_s = key.empty() ? 0 : keep_s(question.about, answer);
  if (life_s == 0) return;
  if (kept_.size() >= kKeptMax && !kept_.contains(key))
    kept_.erase(std::min_element(kept_.begin(), kept_.end(),
                                 [](const auto &a, const auto &b) { return a.second.until_ns < b.second.until_ns; }));
  // From when it was first believed: using it does not make it younger.
  kept_.try_emplace(key, Kept{answer, loop_.mono_ns(host_.get()) + life_s * sbx::kSecondNs});
}

void Inquiries::forget_tokens() {
  std::erase_if(kept_, [](const auto &entry) { return entry.first.starts_with("token "); });
}

}  // namespace webhook
