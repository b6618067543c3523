// Events on their way: one for each channel of a request, which is answered when the receipts of all are in.  One to an
// instance; lane only.
#pragma once
#include <map>
#include <optional>
#include <sbx/sbx.hpp>
#include <string_view>
#include <unordered_map>

#include "plugins/sources/echo_api/event_body.hpp"
#include "plugins/sources/echo_api/front.hpp"
#include "plugins/sources/echo_api/reply.hpp"

namespace echo_api {

class Publisher {
 public:
  Publisher(sbx::Host host, const sbx_loop &loop, Front &front);
  // The answer, or nothing when it comes later.
  std::optional<Reply> take(sbx_id request, std::string_view app_id, std::string_view body);
  void forget(sbx_id request);
  void on_ack(uint64_t token, const sbx_receipt &receipt);

 private:
  struct Waiting {
    sbx_id request = 0;
    int64_t due_ns = 0;
    size_t left = 0;  // receipts that are still to come
  };
  sbx_status emit_all(uint64_t number, std::string_view app_id, const EventBody &event);
  void count(const sbx_receipt &receipt);
  void finish(uint64_t number, const Reply &reply);
  void arm();
  void on_time();

  sbx::Host host_;
  const sbx_loop &loop_;
  Front &front_;
  uint64_t last_number_ = 0;
  std::map<uint64_t, Waiting> waiting_;  // by number: the first is due first
  std::unordered_map<sbx_id, uint64_t> numbers_;
  sbx_id timer_ = 0;
  sbx::Metric accepted_, dropped_, failed_;
};

}  // namespace echo_api
