// KeyStore: the public keys of providers.  Those of a file are read again when it changes (sbx.files/1); those of a URL
// are fetched when they are first wanted (sbx.http_client/1), kept for an hour, and fetched early for a key that is not
// among them, at most once a minute.  Keys that cannot be renewed stay in use: a provider that is down for a moment
// must not lock everybody out.  Owned by Exchanges; lane only.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <sbx/sbx.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/shared/jose/key_set.hpp"
#include "plugins/sources/oauth/provider.hpp"

namespace oauth {

using Keys = std::shared_ptr<const jose::KeySet>;

class KeyStore {
 public:
  static constexpr int64_t kKeptNs = 3600 * sbx::kSecondNs;
  static constexpr int64_t kEarlyNs = 60 * sbx::kSecondNs;
  static constexpr int64_t kTimeoutNs = 5 * sbx::kSecondNs;

  explicit KeyStore(sbx::Host host);
  KeyStore(const KeyStore &) = delete;
  KeyStore &operator=(const KeyStore &) = delete;
  ~KeyStore();

  using Then = std::function<void(Keys)>;
  // Calls `then` once, before it returns or later; with nullptr when there are no keys.  `wanting`: the keys that are
  // known do not have the one that is looked for.  REQUIRES: the provider outlives this
  void get(const Provider &provider, uint64_t who, bool wanting, Then then);
  void forget(uint64_t who);  // `then` is not called any more

 private:
  struct Entry {
    KeyStore *store = nullptr;
    const Provider *provider = nullptr;
    Keys keys;
    bool watched = false;
    sbx_id fetch = 0;
    int64_t fetched_ns = 0, tried_ns = 0;  // mono; tried_ns 0 = never
    std::vector<std::pair<uint64_t, Then>> waiting;
  };

  Entry &entry_of(const Provider &provider);
  void watch(Entry &entry);
  void read_file(Entry &entry);
  bool is_due(const Entry &entry, bool wanting) const;
  bool fetch(Entry &entry);
  void on_fetched(Entry &entry, const sbx_fetched &answer);
  void warn(const Entry &entry, std::string_view what) const;

  sbx::Host host_;
  const sbx_loop *loop_;
  const sbx_http_client *web_;
  const sbx_files *files_;
  std::map<const Provider *, std::unique_ptr<Entry>> entries_;
};

}  // namespace oauth
