// `preset: publish`: events of the application's own back end.  A request shows a bearer key, all of its events are
// emitted, and it is answered when the receipts of all are in: then they are as safe as their channels promise.  The id
// of an event is its dedupe key, so whoever got no answer sends the same again.  One to an instance; lane only.
#pragma once
#include <map>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/sources/webhook/bearer.hpp"
#include "plugins/sources/webhook/endpoint.hpp"
#include "plugins/sources/webhook/key_use.hpp"
#include "plugins/sources/webhook/options.hpp"
#include "plugins/sources/webhook/publish_body.hpp"

namespace webhook {

class Publish final : public Handler {
 public:
  Publish(sbx::Host host, const sbx_loop &loop, Endpoint &endpoint, PublishOptions options);

  std::optional<Reply> judge(const sbx_request &request) override;
  std::optional<Reply> take(sbx_id request, const CallbackRequest &whole) override;
  void forget(sbx_id request) override;
  Trial rehearse(const sbx_request &request, const CallbackRequest &whole, int64_t now_s) const override;

  // From the next request on.
  void renew(const std::vector<std::string> &keys) { keys_ = BearerKeys(keys); }
  void on_ack(uint64_t token, const sbx_receipt &receipt);

 private:
  struct Place {
    std::string id, cursor;
  };
  struct Waiting {
    sbx_id request = 0;
    int64_t due_ns = 0;
    size_t left = 0;  // receipts that are still to come
    std::vector<Place> places;
    std::string about;
  };
  std::optional<Reply> head_refused(const sbx_request &request, size_t &key) const;
  sbx_status emit_all(uint64_t number, const std::vector<PublishEvent> &events);
  void count(const sbx_receipt &receipt);
  void finish(uint64_t number, const Reply &reply);
  void arm();
  void on_time();
  static std::string answer_text(const std::vector<Place> &places);

  sbx::Host host_;
  const sbx_loop &loop_;
  Endpoint &endpoint_;
  const PublishOptions options_;
  BearerKeys keys_;
  uint64_t last_number_ = 0;
  std::map<uint64_t, Waiting> waiting_;  // by number: the first is due first
  std::unordered_map<sbx_id, uint64_t> numbers_;
  sbx_id timer_ = 0;
  sbx::Metric accepted_, duplicate_, dropped_, failed_;
  KeyUse key_use_;
};

}  // namespace webhook
