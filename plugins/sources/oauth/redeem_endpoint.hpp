// The redeem endpoint: an application's back end brings a ticket and gets the profile, on a listener that browsers do
// not reach.  Lane only.
#pragma once
#include <sbx/sbx.hpp>
#include <string>
#include <vector>

#include "plugins/sources/oauth/answer.hpp"
#include "plugins/sources/oauth/request.hpp"
#include "plugins/sources/oauth/tickets.hpp"
#include "plugins/sources/webhook/bearer.hpp"
#include "plugins/sources/webhook/complaints.hpp"

namespace oauth {

class RedeemEndpoint {
 public:
  // REQUIRES: `tickets` outlives this; no key is empty
  RedeemEndpoint(sbx::Host host, const sbx_loop &loop, std::string path, std::vector<std::string> keys,
                 Tickets &tickets);
  Answer take(const Request &request);

 private:
  sbx::Host host_;
  const sbx_loop &loop_;
  const std::string path_;
  const webhook::BearerKeys keys_;
  Tickets &tickets_;
  webhook::Complaints complaints_;
  sbx::Metric ok_, unknown_, unauthorized_, malformed_;
};

}  // namespace oauth
