// KeyStore: the keys of some sources.  Those of a file are read again when it changes (sbx.files/1); those of a URL are
// fetched when they are first wanted (sbx.http_client/1), kept for an hour, and fetched early for a key that is not
// among them, at most once a minute.  Keys that cannot be renewed stay in use: a server that is down for a moment must
// not lock everybody out.  Owned by whoever checks signatures; lane only.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <sbx/sbx.hpp>
#include <string_view>

#include "plugins/shared/jose_keys/key_source.hpp"

namespace jose {

class KeyStore {
 public:
  static constexpr int64_t kKeptNs = 3600 * sbx::kSecondNs;
  static constexpr int64_t kEarlyNs = 60 * sbx::kSecondNs;
  static constexpr int64_t kTimeoutNs = 5 * sbx::kSecondNs;
  // How many may wait for one fetch; the next ones get what is known.
  static constexpr size_t kWaitingMax = 65536;

  explicit KeyStore(sbx::Host host);
  KeyStore(const KeyStore &) = delete;
  KeyStore &operator=(const KeyStore &) = delete;
  ~KeyStore();

  // Watches the source's file from now on instead of from the first get().  REQUIRES: the source outlives this
  void add(const KeySource &source);
  // Fetches a URL's keys before anybody wants them.  REQUIRES: the instance has been started; as add()
  void prefetch(const KeySource &source);

  using Then = std::function<void(Keys)>;
  // Calls `then` once, before it returns or later; with nullptr when there are no keys.  `wanting`: the keys that are
  // known do not have the one that is looked for.  REQUIRES: `who` is not waiting already; as add()
  void get(const KeySource &source, uint64_t who, bool wanting, Then then);
  void forget(uint64_t who);  // `then` is not called any more

 private:
  struct Entry {
    KeyStore *store = nullptr;
    const KeySource *source = nullptr;
    Keys keys;
    sbx_id fetch = 0;
    int64_t fetched_ns = 0, tried_ns = 0;  // mono; tried_ns 0 = never
    std::map<uint64_t, Then> waiting;
  };

  Entry &entry_of(const KeySource &source);
  void watch(Entry &entry);
  void read_file(Entry &entry);
  bool is_wanted(const Entry &entry, bool wanting) const;
  bool may_fetch(const Entry &entry) const;
  bool fetch(Entry &entry);
  void on_fetched(Entry &entry, const sbx_fetched &answer);
  void warn(const Entry &entry, std::string_view what) const;

  sbx::Host host_;
  const sbx_loop *loop_;
  const sbx_http_client *web_;
  const sbx_files *files_;
  std::map<const KeySource *, std::unique_ptr<Entry>> entries_;
};

}  // namespace jose
