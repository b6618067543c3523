// Every preset but `publish`: a provider's callback.  It is verified, its events are emitted, and the provider gets the
// answer that it wants once the receipts of all are in.  What was refused is not remembered, so it cannot stand in the
// way of the genuine one.  One to an instance; lane only.
#pragma once
#include <map>
#include <sbx/sbx.hpp>
#include <string>
#include <unordered_map>

#include "plugins/sources/webhook/callback_options.hpp"
#include "plugins/sources/webhook/clock_offset.hpp"
#include "plugins/sources/webhook/endpoint.hpp"
#include "plugins/sources/webhook/inquiries.hpp"
#include "plugins/sources/webhook/key_use.hpp"

namespace webhook {

class Callback final : public Handler {
 public:
  Callback(sbx::Host host, const sbx_loop &loop, Endpoint &endpoint, CallbackOptions options);

  bool wants_head() const override { return true; }
  std::optional<Reply> judge(const sbx_request &request) override;
  std::optional<Reply> take(sbx_id request, const CallbackRequest &callback) override;
  void forget(sbx_id request) override;

  Trial rehearse(const sbx_request &request, const CallbackRequest &whole, int64_t now_s) const override;

  void on_ack(uint64_t token, const sbx_receipt &receipt);
  // From the next request on.
  void renew(CallbackOptions options) {
    options_ = std::move(options);
    inquiries_.forget_tokens();
  }

  bool keeps() const { return options_.keep_raw; }
  int64_t replay(std::string_view kept, int64_t received_ns);

 private:
  struct Waiting {
    sbx_id request = 0;
    int64_t due_ns = 0;
    size_t left = 0, duplicates = 0, events = 0;
    std::string once, about;
    bool untold = false;
  };
  // What a request that may come once was about, and until when that counts.
  struct Once {
    std::string content;
    int64_t until_s = 0;
  };
  // A request that the provider is asked about, with the verifier that it was first judged by.
  struct Pending {
    std::shared_ptr<const Verifier> verifier;
    CallbackRequest request;
    Evidence evidence;
    Question question;
  };
  enum class Seen { kNew, kSame, kOther, kFull };

  Reply reply(ReplyKind kind, const char *outcome, std::string detail = {}) const;
  Reply refused(const Verdict &verdict) const;
  Reply accepted_reply(const Verdict &verdict) const;
  // What the log is to say of it, where it has room for that.
  static std::string about(const Verdict &verdict);
  // With whatever of the provider's answers is known; callback_inquiry.cpp has this and the next three.
  Verdict judged(const Verifier &verifier, const CallbackRequest &callback, Evidence &evidence);
  std::optional<Reply> inquire(sbx_id request, uint64_t number, const CallbackRequest &callback, Evidence evidence,
                               const Question &question);
  void on_answer(uint64_t number, Question::About about, const ProviderAnswer &answer);
  void abandon(uint64_t number);
  // The verdict is final: the answer, or nothing when it follows the receipts.
  std::optional<Reply> settle(sbx_id request, uint64_t number, const CallbackRequest &callback, const Verdict &verdict);
  Seen remember(const std::string &once, const std::string &body, int64_t now_s);
  // What is kept beside its events; empty: nothing.
  std::string kept_of(const CallbackRequest &callback);
  sbx_status emit_all(uint64_t number, const Verdict &verdict, std::string_view kept);
  void count(const sbx_receipt &receipt);
  void finish(uint64_t number, const Reply &answer, bool taken);
  void arm();
  void on_time();

  sbx::Host host_;
  const sbx_loop &loop_;
  Endpoint &endpoint_;
  CallbackOptions options_;
  uint64_t last_number_ = 0;
  std::map<uint64_t, Waiting> waiting_;  // by number: the first is due first
  std::unordered_map<sbx_id, uint64_t> numbers_;
  std::map<std::string, Once> once_;
  sbx_id timer_ = 0;
  sbx::Metric accepted_, duplicate_, dropped_, failed_;
  Inquiries inquiries_;
  std::map<uint64_t, Pending> pending_;
  KeyUse key_use_;
  ClockOffset clock_;
};

}  // namespace webhook
