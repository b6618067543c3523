#include "plugins/sources/oauth/exchange.hpp"

#include <map>

#include "plugins/sources/oauth/exchange_impl.hpp"

namespace oauth {

struct Exchanges::Work {
  struct Entry {
    std::unique_ptr<Exchange> exchange;
    std::function<void(ExchangeResult)> done;
  };

  Work(sbx::Host host_of_instance, size_t max) : host(host_of_instance), at_once_max(max), keys(host_of_instance) {}

  void finish(uint64_t id, ExchangeResult result) {
    const auto found = entries.find(id);
    if (found == entries.end()) return;
    const Entry ended = std::move(found->second);
    entries.erase(found);
    ended.done(std::move(result));
  }

  sbx::Host host;
  size_t at_once_max;
  uint64_t last_id = 0;
  jose::KeyStore keys;  // outlives the exchanges, which forget themselves there
  std::map<uint64_t, Entry> entries;
};

Exchanges::Exchanges(sbx::Host host, size_t at_once_max) : work_(std::make_unique<Work>(host, at_once_max)) {}
Exchanges::~Exchanges() = default;

uint64_t Exchanges::begin(const Provider &provider, std::string code, std::string verifier, std::string nonce,
                          std::string redirect_uri, std::function<void(ExchangeResult)> done) {
  if (work_->entries.size() >= work_->at_once_max) return 0;
  const uint64_t id = ++work_->last_id;
  Exchange::Login login{id, &provider, std::move(code), std::move(verifier), std::move(nonce), std::move(redirect_uri)};
  auto &entry = work_->entries[id];
  entry.done = std::move(done);
  entry.exchange = std::make_unique<Exchange>(
      work_->host, work_->keys, std::move(login),
      [work = work_.get()](uint64_t ended, ExchangeResult result) { work->finish(ended, std::move(result)); });
  entry.exchange->start();
  return id;
}

void Exchanges::cancel(uint64_t id) { work_->entries.erase(id); }
size_t Exchanges::under_way() const { return work_->entries.size(); }

}  // namespace oauth
