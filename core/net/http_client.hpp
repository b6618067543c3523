// HttpClient: the requests that one plugin instance has under way (sbx.http_client/1), and what its CA files make
// trusted.  Owned by the instance.  [lane] everything.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/base/id_table.hpp"
#include "core/base/status.hpp"
#include "core/io/lane.hpp"
#include "core/net/http_fetch.hpp"

namespace signalbox::net {

struct ClientRequest {
  OutboundRequest request;
  int64_t timeout_ns = 0;  // of the whole exchange; 0 = limits::kFetchNs
  uint64_t body_max = 0;   // of the answer; 0 = limits::kFetchBodyDefault
  std::string ca;          // PEM file; empty = the system's
};

class HttpClient {
 public:
  using Done = std::function<void(uint64_t id, const Fetched &)>;
  HttpClient(io::Lane &lane, size_t fetches_max) : lane_(lane), fetches_max_(fetches_max) {}
  ~HttpClient();
  HttpClient(const HttpClient &) = delete;
  HttpClient &operator=(const HttpClient &) = delete;

  // The fetch's id; `done` is called once, in a later turn, unless it is cancelled: with an id that is stale already.
  // 0: the request cannot be sent as it is, or too many are under way; then `done` is not called.
  uint64_t fetch(ClientRequest given, Done done);
  bool cancel(uint64_t id);  // false: no such fetch (any more)
  size_t under_way() const { return fetches_.size(); }

 private:
  struct Trust {
    std::shared_ptr<io::TlsClientContext> context;
    int64_t loaded_ns = 0;
  };
  Result<std::shared_ptr<io::TlsClientContext>> trust(const std::string &ca);
  void fail_later(uint64_t id, std::string text, const std::shared_ptr<Done> &done);
  void forget(uint64_t id);

  struct UnderWay {
    std::unique_ptr<HttpFetch> fetch;  // null: it has failed already, and waits for a turn to say so
  };
  io::Lane &lane_;
  const size_t fetches_max_;
  IdTable<UnderWay> ids_;
  std::unordered_map<uint64_t, std::unique_ptr<UnderWay>> fetches_;
  std::map<std::string, Trust> trusts_;                         // by CA file
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what is deferred past our end
};

}  // namespace signalbox::net
