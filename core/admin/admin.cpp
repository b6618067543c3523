#include "core/admin/admin.hpp"

#include "core/base/text.hpp"

namespace signalbox {
namespace {

constexpr std::string_view kPlain = "text/plain; charset=utf-8";

AdminResponse plain(int status, std::string body) { return {status, std::string(kPlain), std::move(body), {}}; }

AdminResponse index(const AdminState &) {
  // No script, no style sheet, nothing from elsewhere: it is read on machines that have only this port.
  return {200,
          "text/html; charset=utf-8",
          "<!doctype html>\n<html lang=\"en\">\n<title>signalbox</title>\n<h1>signalbox</h1>\n<ul>\n"
          "<li><a href=\"healthz\">healthz</a>: is the program alive?</li>\n"
          "<li><a href=\"readyz\">readyz</a>: should it get new clients, and if not, why?</li>\n"
          "<li><a href=\"metrics\">metrics</a>: counters and gauges for Prometheus</li>\n</ul>\n</html>\n",
          {}};
}

AdminResponse health(const AdminState &state) {
  return state.healthy() ? plain(200, "ok") : plain(503, "not healthy\n");
}

// One reason a line: a reason that quotes a server's message must not look like two.
AdminResponse readiness(const AdminState &state) {
  const std::vector<std::string> reasons = state.not_ready();
  if (reasons.empty()) return plain(200, "ready");
  std::string body;
  for (const std::string &reason : reasons) {
    append_printable(body, reason);
    body += '\n';
  }
  return plain(503, std::move(body));
}

AdminResponse metrics(const AdminState &state) {
  return {200, "text/plain; version=0.0.4; charset=utf-8", state.metrics_text(), {}};
}

constexpr struct {
  std::string_view path;
  AdminResponse (*answer)(const AdminState &);
} kPages[] = {{"/", index}, {"/healthz", health}, {"/readyz", readiness}, {"/metrics", metrics}};

}  // namespace

AdminResponse respond(std::string_view method, std::string_view path, const AdminState &state) {
  for (const auto &page : kPages) {
    if (page.path != path) continue;
    if (method == "GET" || method == "HEAD") return page.answer(state);
    AdminResponse refused = plain(405, "this page can only be read: use GET\n");
    refused.allow = "GET, HEAD";
    return refused;
  }
  return plain(404, "no such page: there are /, /healthz, /readyz and /metrics\n");
}

}  // namespace signalbox
