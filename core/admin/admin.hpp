// What the admin listener answers: health for supervisors, readiness for load balancers, metrics for Prometheus, and a
// page that lists them.  Pure: a request's method and path and the program's state in, an answer out.  Whoever mounts
// it owns the listener and implements AdminState; respond() runs on the thread that calls it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

class AdminState {
 public:
  AdminState() = default;
  AdminState(const AdminState &) = delete;
  AdminState &operator=(const AdminState &) = delete;
  virtual ~AdminState() = default;
  // False: the program cannot recover by itself and wants to be restarted.
  virtual bool healthy() const = 0;
  // Why new clients should go elsewhere at present, one plain sentence each; none = ready.
  virtual std::vector<std::string> not_ready() const = 0;
  virtual std::string metrics_text() const = 0;
};

struct AdminResponse {
  int status = 200;
  std::string content_type;
  std::string body;
  std::string allow;  // the Allow header of a 405 (RFC 9110 section 15.5.6); otherwise empty
};

// `path` is as sent, without the query.  For HEAD the answer is the one of GET; the server leaves its body out.
AdminResponse respond(std::string_view method, std::string_view path, const AdminState &state);

}  // namespace signalbox
