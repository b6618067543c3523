#include "plugins/shared/jose_keys/key_store.hpp"

#include <string>
#include <utility>

namespace jose {

KeyStore::KeyStore(sbx::Host host)
    : host_(host),
      loop_(host.service<sbx_loop>()),
      web_(host.service<sbx_http_client>()),
      files_(host.service<sbx_files>()) {}

KeyStore::~KeyStore() {
  for (const auto &[source, entry] : entries_)
    if (entry->fetch) web_->cancel(host_.get(), entry->fetch);
}

KeyStore::Entry &KeyStore::entry_of(const KeySource &source) {
  auto &entry = entries_[&source];
  if (!entry) {
    entry = std::make_unique<Entry>();
    entry->store = this;
    entry->source = &source;
    entry->keys = source.keys;
    if (!source.file.empty()) watch(*entry);
  }
  return *entry;
}

void KeyStore::add(const KeySource &source) { entry_of(source); }

void KeyStore::prefetch(const KeySource &source) {
  Entry &entry = entry_of(source);
  if (!source.url.empty() && !entry.fetch && !entry.keys) fetch(entry);
}

void KeyStore::watch(Entry &entry) {
  if (!files_) return;
  const auto changed = [](void *user, sbx_id) noexcept {
    auto &changed_entry = *static_cast<Entry *>(user);
    sbx::guarded(changed_entry.store->host_, [&] { changed_entry.store->read_file(changed_entry); });
  };
  if (files_->watch(host_.get(), sbx::raw(entry.source->file), changed, &entry) == 0)
    warn(entry, "cannot be watched: a change of the file is not seen until the next start");
}

void KeyStore::read_file(Entry &entry) {
  struct Reading {
    const KeySource *source;
    Keys keys;
  } reading{entry.source, nullptr};
  const auto take = [](void *user, sbx_str bytes) noexcept {
    auto &into = *static_cast<Reading *>(user);
    try {
      into.keys = into.source->read(sbx::view(bytes));
    } catch (const std::exception &) {
      into.keys.reset();
    }
  };
  const sbx_status status = files_->read(host_.get(), sbx::raw(entry.source->file), take, &reading);
  if (status != SBX_OK || !reading.keys)
    return warn(entry, "were changed to something that holds no keys: the old ones stay");
  entry.keys = std::move(reading.keys);
}

void KeyStore::get(const KeySource &source, uint64_t who, bool wanting, Then then) {
  Entry &entry = entry_of(source);
  // Whoever finds his key among those that are still fresh does not wait for a fetch that another one's token caused.
  if (!source.url.empty() && is_wanted(entry, wanting) && entry.waiting.size() < kWaitingMax &&
      (entry.fetch || (may_fetch(entry) && fetch(entry)))) {
    entry.waiting.insert_or_assign(who, std::move(then));
    return;
  }
  then(entry.keys);
}

void KeyStore::forget(uint64_t who) {
  for (const auto &[source, entry] : entries_) entry->waiting.erase(who);
}

bool KeyStore::is_wanted(const Entry &entry, bool wanting) const {
  return !entry.keys || wanting || loop_->mono_ns(host_.get()) - entry.fetched_ns >= kKeptNs;
}

bool KeyStore::may_fetch(const Entry &entry) const {
  const int64_t pause_ns = entry.keys ? kEarlyNs : entry.source->retry_ns;
  return entry.tried_ns == 0 || loop_->mono_ns(host_.get()) - entry.tried_ns >= pause_ns;
}

bool KeyStore::fetch(Entry &entry) {
  const sbx_attr accept{sbx::raw("accept"), sbx::raw("application/json")};
  sbx_fetch request{};
  request.size = sizeof request;
  request.method = sbx::raw("GET");
  request.url = sbx::raw(entry.source->url);
  request.headers = &accept;
  request.header_count = 1;
  request.timeout_ns = kTimeoutNs;
  request.body_max = kKeySetBytesMax;
  request.ca = sbx::raw(entry.source->ca);
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
  if (answer.status == SBX_OK && answer.http_status == 200) keys = entry.source->read(sbx::view(answer.body));
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
  while (!entry.waiting.empty() && !entry.fetch) {
    const auto first = entry.waiting.extract(entry.waiting.begin());
    first.mapped()(known);
  }
}

void KeyStore::warn(const Entry &entry, std::string_view what) const {
  host_.log(SBX_WARN, "the keys of " + entry.source->name + " " + std::string(what));
}

}  // namespace jose
