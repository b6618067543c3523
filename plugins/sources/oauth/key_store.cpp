#include "plugins/sources/oauth/key_store.hpp"

#include <algorithm>
#include <string>

namespace oauth {

KeyStore::KeyStore(sbx::Host host)
    : host_(host),
      loop_(host.service<sbx_loop>()),
      web_(host.service<sbx_http_client>()),
      files_(host.service<sbx_files>()) {}

KeyStore::~KeyStore() {
  for (const auto &[provider, entry] : entries_)
    if (entry->fetch) web_->cancel(host_.get(), entry->fetch);
}

KeyStore::Entry &KeyStore::entry_of(const Provider &provider) {
  auto &entry = entries_[&provider];
  if (!entry) {
    entry = std::make_unique<Entry>();
    entry->store = this;
    entry->provider = &provider;
    entry->keys = provider.keys;
    if (!provider.jwks_file.empty()) watch(*entry);
  }
  return *entry;
}

void KeyStore::watch(Entry &entry) {
  if (!files_ || entry.watched) return;
  const auto changed = [](void *user, sbx_id) noexcept {
    auto &changed_entry = *static_cast<Entry *>(user);
    sbx::guarded(changed_entry.store->host_, [&] { changed_entry.store->read_file(changed_entry); });
  };
  entry.watched = files_->watch(host_.get(), sbx::raw(entry.provider->jwks_file), changed, &entry) != 0;
  if (!entry.watched) warn(entry, "cannot be watched: a change of the file is not seen until the next start");
}

void KeyStore::read_file(Entry &entry) {
  Keys keys;
  const auto take = [](void *user, sbx_str bytes) noexcept {
    try {
      *static_cast<Keys *>(user) = jose::KeySet::read(sbx::view(bytes));
    } catch (const std::exception &) {
      static_cast<Keys *>(user)->reset();
    }
  };
  const sbx_status status = files_->read(host_.get(), sbx::raw(entry.provider->jwks_file), take, &keys);
  if (status != SBX_OK || !keys) return warn(entry, "were changed to something that holds no keys: the old ones stay");
  entry.keys = std::move(keys);
}

void KeyStore::get(const Provider &provider, uint64_t who, bool wanting, Then then) {
  Entry &entry = entry_of(provider);
  if (!provider.jwks_url.empty() && (entry.fetch || (is_due(entry, wanting) && fetch(entry)))) {
    entry.waiting.emplace_back(who, std::move(then));
    return;
  }
  then(entry.keys);
}

void KeyStore::forget(uint64_t who) {
  for (const auto &[provider, entry] : entries_)
    std::erase_if(entry->waiting, [&](const auto &w) { return w.first == who; });
}

bool KeyStore::is_due(const Entry &entry, bool wanting) const {
  const int64_t now_ns = loop_->mono_ns(host_.get());
  if (!entry.keys) return true;
  const bool tried_lately = entry.tried_ns != 0 && now_ns - entry.tried_ns < kEarlyNs;
  return !tried_lately && (wanting || now_ns - entry.fetched_ns >= kKeptNs);
}

bool KeyStore::fetch(Entry &entry) {
  const sbx_attr accept{sbx::raw("accept"), sbx::raw("application/json")};
  sbx_fetch request{};
  request.size = sizeof request;
  request.method = sbx::raw("GET");
  request.url = sbx::raw(entry.provider->jwks_url);
  request.headers = &accept;
  request.header_count = 1;
  request.timeout_ns = kTimeoutNs;
  request.body_max = jose::kKeySetBytesMax;
  request.ca = sbx::raw(entry.provider->ca);
  const auto fetched = [](void *user, sbx_id, const sbx_fetched *answer) noexcept {
    auto &fetched_entry = *static_cast<Entry *>(user);
    sbx::guarded(fetched_entry.store->host_, [&] { fetched_entry.store->on_fetched(fetched_entry, *answer); });
  };
  entry.tried_ns = loop_->mono_ns(host_.get());
  entry.fetch = web_ ? web_->fetch(host_.get(), &request, fetched, &entry) : 0;
  return entry.fetch != 0;
}

void KeyStore::on_fetched(Entry &entry, const sbx_fetched &answer) {
  entry.fetch = 0;
  Keys keys;
  if (answer.status == SBX_OK && answer.http_status == 200) keys = jose::KeySet::read(sbx::view(answer.body));
  if (keys) {
    entry.keys = std::move(keys);
    entry.fetched_ns = loop_->mono_ns(host_.get());
  } else if (answer.status == SBX_OK) {
    warn(entry, "could not be fetched: the answer (" + std::to_string(answer.http_status) + ") holds no keys");
  } else {
    warn(entry, "could not be fetched: their server cannot be reached or did not answer in time");
  }
  // By now a waiting one may want again, or end another one's waiting.
  const Keys known = entry.keys;
  while (!entry.waiting.empty()) {
    const Then then = std::move(entry.waiting.front().second);
    entry.waiting.erase(entry.waiting.begin());
    then(known);
    if (entry.fetch) break;
  }
}

void KeyStore::warn(const Entry &entry, std::string_view what) const {
  host_.log(SBX_WARN, "the keys of provider " + entry.provider->name + " " + std::string(what));
}

}  // namespace oauth
