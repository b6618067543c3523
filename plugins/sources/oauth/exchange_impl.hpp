// One exchange on its way: code -> token answer -> ID token or nothing -> userinfo or nothing -> profile.  Each step is
// called with what the one before brought, and ends in the next request or in finish().  Owned by Exchanges::Work; lane
// only.  Inside this folder only.
#pragma once
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <sbx/sbx.hpp>
#include <string>

#include "plugins/shared/jose_keys/key_store.hpp"
#include "plugins/sources/oauth/exchange.hpp"
#include "plugins/sources/oauth/token_request.hpp"

namespace oauth {

// A provider that takes longer keeps a browser waiting for nothing (and its answers could not be told from an attack).
inline constexpr int64_t kExchangeNs = 5 * sbx::kSecondNs;

class Exchange {
 public:
  struct Login {
    uint64_t id;
    const Provider *provider;
    std::string code, verifier, nonce, redirect_uri;
  };
  using Finish = std::function<void(uint64_t id, ExchangeResult result)>;

  // REQUIRES: host has sbx.loop/1; `finish` destroys this and is called once, in a later call than start()
  Exchange(sbx::Host host, jose::KeyStore &keys, Login login, Finish finish);
  Exchange(const Exchange &) = delete;
  Exchange &operator=(const Exchange &) = delete;
  ~Exchange();
  void start();

 private:
  using Step = void (Exchange::*)(const sbx_fetched &answer);

  void send(const BackRequest &request, Step next);
  void on_token(const sbx_fetched &answer);
  void ask_for_keys(bool wanting);
  void on_keys(const jose::Keys &keys);
  void go_on();  // claims are there: userinfo, or the end
  void ask_userinfo();
  void on_userinfo(const sbx_fetched &answer);
  void succeed();
  void fail(std::string reason, std::string detail);
  void end(ExchangeResult result);
  void fail_later(std::string reason, std::string detail);
  void arm(int64_t after_ns);
  void on_timer();

  sbx::Host host_;
  const sbx_loop *loop_;
  const sbx_http_client *web_;
  jose::KeyStore &keys_;
  Login login_;
  Finish finish_;
  int64_t deadline_ns_ = 0;
  sbx_id timer_ = 0, fetch_ = 0;
  Step next_ = nullptr;
  ExchangeResult end_;  // what on_timer() finishes with
  nlohmann::json token_answer_, claims_;
  jose::Keys known_;     // that were tried
  bool wanted_ = false;  // newer keys have been asked for
};

}  // namespace oauth
