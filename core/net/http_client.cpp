#include "core/net/http_client.hpp"

#include <algorithm>
#include <utility>

#include "core/base/limits.hpp"

namespace signalbox::net {

HttpClient::~HttpClient() = default;

// Reading the system's certificates takes many milliseconds, in which nobody else on the lane gets anything.
Result<std::shared_ptr<io::TlsClientContext>> HttpClient::trust(const std::string &ca) {
  const int64_t now = lane_.now_ns();
  const auto known = trusts_.find(ca);
  if (known != trusts_.end() && now - known->second.loaded_ns < limits::kFetchTrustNs) return known->second.context;
  io::TlsClientOptions options;
  options.ca_file = ca;
  options.alpn = "http/1.1";
  Result<io::TlsClientContext> loaded = io::TlsClientContext::load(options);
  if (!loaded.ok()) return loaded.status();
  if (trusts_.size() >= limits::kFetchTrustsMax) trusts_.clear();
  Trust &kept = trusts_[ca];
  kept = {std::make_shared<io::TlsClientContext>(loaded.take()), now};
  return kept.context;
}

uint64_t HttpClient::fetch(ClientRequest given, Done done) {
  if (fetches_.size() >= fetches_max_ || given.timeout_ns < 0 || given.body_max > limits::kFetchBodyMax) return 0;
  Result<std::string> wire = encode_request(given.request);
  if (!wire.ok()) return 0;
  auto made = std::make_unique<UnderWay>();
  const uint64_t id = ids_.add(made.get());
  UnderWay &under_way = *fetches_.emplace(id, std::move(made)).first->second;
  const auto shared_done = std::make_shared<Done>(std::move(done));

  FetchOptions options;
  if (given.request.url.tls) {
    auto trusted = trust(given.ca);
    if (!trusted.ok()) return fail_later(id, "the file of trusted certificates cannot be used", shared_done), id;
    options.tls = trusted.take();
  }
  options.wire = wire.take();
  options.head = given.request.method == "HEAD";
  options.url = std::move(given.request.url);
  options.timeout_ns = given.timeout_ns > 0 ? std::min(given.timeout_ns, limits::kFetchNsMax) : limits::kFetchNs;
  options.body_max = given.body_max > 0 ? given.body_max : limits::kFetchBodyDefault;
  under_way.fetch =
      std::make_unique<HttpFetch>(lane_, std::move(options), [this, id, shared_done](const Fetched &fetched) {
        forget(id);
        (*shared_done)(id, fetched);
      });
  return id;
}

void HttpClient::fail_later(uint64_t id, std::string text, const std::shared_ptr<Done> &done) {
  lane_.defer([this, id, done, text = std::move(text), alive = std::weak_ptr(alive_)] {
    if (alive.expired() || !ids_.find(id)) return;
    forget(id);
    (*done)(id, {FetchEnd::refused, {}, text});
  });
}

// It may be standing on its own event: it goes when nobody stands on it any more.
void HttpClient::forget(uint64_t id) {
  ids_.remove(id);
  const auto found = fetches_.find(id);
  if (found->second->fetch) found->second->fetch->abandon();
  lane_.defer([gone = std::shared_ptr<UnderWay>(std::move(found->second))] {});
  fetches_.erase(found);
}

bool HttpClient::cancel(uint64_t id) {
  if (!ids_.find(id)) return false;
  forget(id);
  return true;
}

}  // namespace signalbox::net
