// PATH/start: a page of ours begins a login.  Whatever the browser says beside the provider and where it wants to go
// afterwards is not listened to: all names are made here.  Lane only.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/sources/oauth/answer.hpp"
#include "plugins/sources/oauth/options.hpp"
#include "plugins/sources/oauth/peers.hpp"
#include "plugins/sources/oauth/request.hpp"
#include "plugins/sources/oauth/waits.hpp"

namespace oauth {

class Flow;

class StartEndpoint {
 public:
  // REQUIRES: all of them outlive this
  StartEndpoint(sbx::Host host, const sbx_loop &loop, const Options &options, Waits &waits, Flow &flow);
  Answer take(const Request &request);

 private:
  Answer judge(const Request &request);
  Answer begin(const Request &request, const Provider &provider, std::string return_to);
  bool from_our_page(const Request &request) const;
  std::string bind_of(const Request &request, const Provider &provider) const;

  sbx::Host host_;
  const sbx_loop &loop_;
  const Options &options_;
  Waits &waits_;
  Flow &flow_;
  MinuteLimit limit_;
  sbx::Metric started_, refused_, busy_;
};

}  // namespace oauth
