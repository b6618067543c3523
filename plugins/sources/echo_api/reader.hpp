// Who listens, in laravel-echo-server's words: a question to the host's census for each request, its answer as JSON.
// One to an instance; lane only.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/sources/echo_api/front.hpp"
#include "plugins/sources/echo_api/reply.hpp"
#include "plugins/sources/echo_api/route.hpp"

namespace echo_api {

class Reader {
 public:
  Reader(sbx::Host host, const sbx_loop &loop, Front &front);
  // In start(): uptime counts from here.
  void start() { begun_ns_ = loop_.mono_ns(host_.get()); }
  // The answer, or nothing when it comes later.
  std::optional<Reply> take(sbx_id request, const Route &route, std::string_view prefix);
  // What is asked is still to be heard; nobody is told.
  void forget(sbx_id request) { asks_.erase(request); }

 private:
  // Belongs to the host until it has answered: it hands the pointer back once.
  struct Ask {
    Reader &reader;
    sbx_id request;
    uint64_t number;
  };
  struct Asked {
    Route::Kind kind;
    uint64_t number;  // an id of a request that has ended may name another one
  };
  static void on_census(void *ask, const sbx_census_answer *answer) noexcept;
  std::string text_of(Route::Kind kind, const sbx_census_answer &answer) const;

  sbx::Host host_;
  const sbx_loop &loop_;
  const sbx_census *census_;
  Front &front_;
  int64_t begun_ns_ = 0;
  uint64_t last_number_ = 0;
  std::map<sbx_id, Asked> asks_;
  std::map<uint64_t, std::unique_ptr<Ask>> lent_;  // to the host, by number
};

// The members of a presence channel, [{"user_id":7,"user_info":{…}}], as {"users":[{"id":7,"user_info":{…}}]}; values
// are handed on byte for byte.  What is no array of objects has no users.
std::string users_text(std::string_view members);

}  // namespace echo_api
