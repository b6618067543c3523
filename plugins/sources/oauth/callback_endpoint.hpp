// PATH/PROVIDER/callback: the browser comes back from the provider.  Everything that costs nothing is judged first, in
// the order of RFC 9700; only then the provider is asked, once.  Whoever waits two seconds for the provider is told so
// and need not wait: the event goes to the page that subscribed.  Lane only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>

#include "plugins/sources/oauth/answer.hpp"
#include "plugins/sources/oauth/exchange.hpp"
#include "plugins/sources/oauth/options.hpp"
#include "plugins/sources/oauth/peers.hpp"
#include "plugins/sources/oauth/request.hpp"
#include "plugins/sources/oauth/waits.hpp"
#include "plugins/sources/webhook/complaints.hpp"

namespace oauth {

class Flow;

class CallbackEndpoint {
 public:
  using Respond = std::function<void(sbx_id, const Answer &)>;
  // REQUIRES: all of them outlive this
  CallbackEndpoint(sbx::Host host, const sbx_loop &loop, const Options &options, Waits &waits, Flow &flow,
                   Respond respond);
  CallbackEndpoint(const CallbackEndpoint &) = delete;
  CallbackEndpoint &operator=(const CallbackEndpoint &) = delete;
  ~CallbackEndpoint();

  // The answer, or nothing when `respond` is called later.
  std::optional<Answer> take(sbx_id request, const Provider &provider, const Request &callback);

  size_t under_way() const { return runs_.size(); }
  // Gives the exchanges up: their waits fail.
  void give_up();
  // Called when under_way() has become 0.
  void when_idle(std::function<void()> idle) { idle_ = std::move(idle); }

 private:
  // A callback whose exchange is under way; its key is its timer's id.
  struct Run {
    sbx_id request = 0;  // 0: was answered
    std::string wait;
    uint64_t exchange = 0;
  };
  Answer refuse(const char *outcome, const Request &callback, const char *why);
  std::optional<Answer> exchange(sbx_id request, const Provider &provider, Wait &wait, std::string code);
  void on_result(sbx_id run, const ExchangeResult &result);
  void on_patience_over(sbx_id run);
  void settle(sbx_id run, const Answer &answer);
  void count(const char *outcome);

  sbx::Host host_;
  const sbx_loop &loop_;
  const Options &options_;
  Waits &waits_;
  Flow &flow_;
  const Respond respond_;
  Exchanges exchanges_;
  MinuteLimit refused_limit_;
  webhook::Complaints complaints_;
  std::map<sbx_id, Run> runs_;
  std::map<std::string_view, sbx::Metric> outcomes_;
  std::function<void()> idle_;
};

}  // namespace oauth
