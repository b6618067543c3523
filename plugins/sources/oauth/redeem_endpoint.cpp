#include "plugins/sources/oauth/redeem_endpoint.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "plugins/sources/webhook/request_head.hpp"

namespace oauth {
namespace {

using Json = nlohmann::json;

constexpr size_t kBodyMax = 4096;

sbx::Metric counter(sbx::Host host, std::string_view outcome) {
  return {host,      'c',    "signalbox_oauth_redeems_total", "Tickets that were brought, by what became of them",
          "outcome", outcome};
}

std::string ticket_in(const Request &request) {
  if (request.body.size() > kBodyMax || !webhook::is_json_type(only_header(request, "content-type"))) return {};
  const Json body = Json::parse(request.body, nullptr, false);
  const auto ticket = body.is_object() ? body.find("ticket") : body.end();
  return ticket != body.end() && ticket->is_string() ? ticket->get<std::string>() : std::string();
}

}  // namespace

RedeemEndpoint::RedeemEndpoint(sbx::Host host, const sbx_loop &loop, std::string path, std::vector<std::string> keys,
                               Tickets &tickets)
    : host_(host),
      loop_(loop),
      path_(std::move(path)),
      keys_(std::move(keys)),
      tickets_(tickets),
      complaints_(host),
      ok_(counter(host, "ok")),
      unknown_(counter(host, "unknown")),
      unauthorized_(counter(host, "unauthorized")),
      malformed_(counter(host, "malformed")) {}

Answer RedeemEndpoint::take(const Request &request) {
  const auto complain = [&](const char *kind, const std::string &why) {
    complaints_.add(kind, loop_.mono_ns(host_.get()), "refused to redeem a ticket for " + request.peer + ": " + why);
  };
  if (request.path != path_) return json_refusal(404, "not_found", "there is nothing at this path");
  if (const char *why = keys_.refuse(RequestView(request).get())) {
    unauthorized_.add();
    complain("unauthorized", why);
    Answer refused = json_refusal(401, "unauthorized", "this needs the header Authorization: Bearer KEY");
    refused.headers.emplace_back("www-authenticate", "Bearer realm=\"signalbox\"");
    return refused;
  }
  if (request.method != "POST") {
    malformed_.add();
    Answer refused = json_refusal(405, "method_not_allowed", "tickets are redeemed with POST");
    refused.headers.emplace_back("allow", "POST");
    return refused;
  }
  const std::string ticket = ticket_in(request);
  if (ticket.empty()) {
    malformed_.add();
    return json_refusal(400, "malformed", "the body must be application/json: {\"ticket\":\"...\"}");
  }
  if (auto profile = tickets_.take(ticket)) {
    ok_.add();
    return json_answer(200, *std::move(profile));
  }
  unknown_.add();
  complain("unknown", "it is unknown, was used or is too old");
  return json_refusal(404, "no_such_ticket", "this ticket is unknown, was used or is too old");
}

}  // namespace oauth
