// Every preset but `publish`: a provider's callback.  It is verified, its events are emitted, and the provider gets the
// answer that it wants once the receipts of all are in.  What was refused is not remembered, so it cannot stand in the
// way of the genuine one.  One to an instance; lane only.
#pragma once
#include <map>
#include <sbx/sbx.hpp>
#include <string>
#include <unordered_map>

#include "plugins/sources/webhook/callback_options.hpp"
#include "plugins/sources/webhook/endpoint.hpp"

namespace webhook {

class Callback final : public Handler {
 public:
  Callback(sbx::Host host, const sbx_loop &loop, Endpoint &endpoint, CallbackOptions options);

  bool wants_head() const override { return true; }
  std::optional<Reply> judge(const sbx_request &request) override;
  std::optional<Reply> take(sbx_id request, const CallbackRequest &callback) override;
  void forget(sbx_id request) override;

  void on_ack(uint64_t token, const sbx_receipt &receipt);

 private:
  struct Waiting {
    sbx_id request = 0;
    int64_t due_ns = 0;
    size_t left = 0, duplicates = 0, events = 0;
    std::string once;
  };
  // What a request that may come once was about, and until when that counts.
  struct Once {
    std::string content;
    int64_t until_s = 0;
  };
  enum class Seen { kNew, kSame, kOther, kFull };

  Reply reply(ReplyKind kind, const char *outcome, std::string detail = {}) const;
  Reply refused(const Verdict &verdict) const;
  Seen remember(const std::string &once, const std::string &body, int64_t now_s);
  sbx_status emit_all(uint64_t number, const Verdict &verdict);
  void count(const sbx_receipt &receipt);
  void finish(uint64_t number, const Reply &answer, bool taken);
  void arm();
  void on_time();

  sbx::Host host_;
  const sbx_loop &loop_;
  Endpoint &endpoint_;
  const CallbackOptions options_;
  uint64_t last_number_ = 0;
  std::map<uint64_t, Waiting> waiting_;  // by number: the first is due first
  std::unordered_map<sbx_id, uint64_t> numbers_;
  std::map<std::string, Once> once_;
  sbx_id timer_ = 0;
  sbx::Metric accepted_, duplicate_, dropped_, failed_;
};

}  // namespace webhook
