// The HTTP side of the source: its mount, who may come in, the bodies that are being read, how many requests there are
// at a time, their answers and what is counted of them.  What is published or read is the back's business.  One to an
// instance; lane only.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "plugins/sources/echo_api/clients.hpp"
#include "plugins/sources/echo_api/options.hpp"
#include "plugins/sources/echo_api/reply.hpp"
#include "plugins/sources/echo_api/route.hpp"

namespace echo_api {

// What stands behind the front.  Each answers, or says nothing and does so later by Front::answer().
class Back {
 public:
  virtual ~Back() = default;
  virtual std::optional<Reply> publish(sbx_id request, std::string_view app_id, std::string_view body) = 0;
  virtual std::optional<Reply> read(sbx_id request, const Route &route, std::string_view prefix) = 0;
  // The client went away before that later answer.
  virtual void forget(sbx_id request) = 0;
};

class Front {
 public:
  Front(sbx::Host host, const sbx_http &http, const Options &options);
  // In start().  REQUIRES: the back lives as long as this
  sbx_status mount(Back &back);
  // Answers a request that the back left open.
  void answer(sbx_id id, const Reply &reply);
  // From here on requests are refused, those that are still being read too; the others get their answer first.  `done`
  // is called once, when there are none (left), also from inside this.
  void stop(std::function<void()> done);

 private:
  struct Exchange {
    std::string peer, app_id, body;
    uint64_t number = 0;   // in the order of their arrival
    bool waiting = false;  // for its answer
  };
  static sbx_http_events events();
  void on_request(sbx_id id, const sbx_request &request);
  void on_body(sbx_id id, std::string_view chunk, bool last);
  void on_close(sbx_id id);
  std::optional<Reply> judge(const sbx_request &request, const Route &route);
  bool give_up_oldest();
  void finish(sbx_id id, std::string_view peer, const Reply &reply);
  void count(const char *outcome);
  void stopped_if_empty();

  sbx::Host host_;
  const sbx_http &http_;
  const std::string listener_, path_;
  const uint64_t body_max_;
  const size_t requests_max_;
  const bool reads_;
  const Clients clients_;
  Back *back_ = nullptr;
  std::unordered_map<sbx_id, Exchange> exchanges_;  // admitted and not answered
  std::map<uint64_t, sbx_id> reading_;              // those whose body is still coming, by number
  uint64_t last_number_ = 0;
  std::map<std::string_view, sbx::Metric> outcomes_;
  bool stopping_ = false;
  std::function<void()> done_;
};

}  // namespace echo_api
