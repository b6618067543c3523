#include "plugins/sinks/websocket/endpoint.hpp"

#include <algorithm>
#include <utility>

#include "plugins/sinks/websocket/client_message.hpp"
#include "plugins/sinks/websocket/query.hpp"
#include "plugins/sinks/websocket/server_message.hpp"

namespace websocket {
namespace {

constexpr std::string_view kSubprotocol = "signalbox.v1";
// Messages in a row that nothing can be made of: the other side speaks something else.
constexpr size_t kBadInRowMax = 10;

// For who connects too often: buckets fill by the second.
constexpr std::string_view kRetryAfterSeconds = "5";

// At the end everybody is sent away: not all at once, because they all come back, but within this time and half of
// what is left.
constexpr int64_t kStopTickNs = 20 * sbx::kMillisecondNs, kStopSpreadNs = 5 * sbx::kSecondNs;
constexpr size_t kClosesPerTickMin = 100;

// Does a client that lists its subprotocols (RFC 6455 section 4.1, maybe over several headers) know ours?
bool offers_ours(const sbx_request &request) {
  for (size_t i = 0; i < request.header_count; ++i) {
    if (sbx::view(request.headers[i].key) != "sec-websocket-protocol") continue;
    std::string_view rest = sbx::view(request.headers[i].value);
    while (!rest.empty()) {
      std::string_view word = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
      word.remove_prefix(std::min(word.find_first_not_of(" \t"), word.size()));
      word = word.substr(0, word.find_last_not_of(" \t") + 1);
      if (word == kSubprotocol) return true;
    }
  }
  return false;
}

Close close_of(sbx_status why, uint32_t ws_code) {
  constexpr uint32_t kAbnormal = 1006;
  switch (why) {
    case SBX_OK:
    case SBX_ECLOSED:
      return ws_code == 0 || ws_code == kAbnormal ? Close::kLost : Close::kClient;
    case SBX_ETIMEOUT:
      return Close::kTimeout;
    case SBX_ESLOW:
      return Close::kSlow;
    case SBX_EPROTO:
      return Close::kProtocol;
    case SBX_ETOOBIG:
      return Close::kTooBig;
    default:
      return Close::kError;
  }
}

}  // namespace

Endpoint::Endpoint(const Options &options, const Services &services, const Counters &counters, Connections &connections,
                   Channels &channels)
    : options_(options),
      message_limits_{options.messages_per_second, 2 * options.messages_per_second + options.channels_max},
      services_(services),
      counters_(counters),
      connections_(connections),
      channels_(channels) {}

sbx_status Endpoint::mount() {
  sbx_mount mount{};
  mount.size = sizeof mount;
  mount.listener = sbx::raw(options_.listener);
  mount.path = sbx::raw(options_.path);
  mount.unacked_ns = options_.ping_ns > 0 ? options_.ping_ns + options_.pong_ns : 0;
  sbx_http_events on{};
  on.size = sizeof on;
  on.on_request = [](void *self, sbx_id id, const sbx_request *request) noexcept {
    Endpoint &e = *static_cast<Endpoint *>(self);
    sbx::guarded(e.services_.host, [&] { e.on_request(id, *request); });
  };
  on.on_message = [](void *self, sbx_id id, sbx_str data, int32_t binary) noexcept {
    Endpoint &e = *static_cast<Endpoint *>(self);
    Connection *connection = e.connections_.find(id);
    if (connection && !connection->closing)
      sbx::guarded(e.services_.host, [&] { e.on_message(*connection, sbx::view(data), binary != 0); });
  };
  on.on_close = [](void *self, sbx_id id, sbx_status why, uint32_t ws_code) noexcept {
    Endpoint &e = *static_cast<Endpoint *>(self);
    sbx::guarded(e.services_.host, [&] { e.on_close(id, why, ws_code); });
  };
  return services_.http->mount(services_.host.get(), &mount, &on, this);
}

void Endpoint::on_request(sbx_id id, const sbx_request &request) {
  const std::string_view path = sbx::view(request.path);
  if (path != options_.path && path != options_.path + "/") {
    counters_.count(Refusal::kNotFound);
    return services_.respond(id, 404, "nothing is here; the WebSocket is at " + options_.path + "\n");
  }
  if ((request.flags & SBX_REQ_WS) == 0) {
    counters_.count(Refusal::kNotWebSocket);
    return services_.respond(id, 426, "this is a WebSocket; connect with new WebSocket(...) or a WebSocket client\n",
                             {sbx::raw("upgrade"), sbx::raw("websocket")});
  }
  if (stopping_) {
    counters_.count(Refusal::kStopping);
    return services_.respond(id, 503, "this server is stopping\n");
  }
  if (!services_.may_connect(request.peer)) {
    counters_.count(Refusal::kRateLimited);
    return services_.respond(id, 429, "too many connections from this address; try again in a few seconds\n",
                             {sbx::raw("retry-after"), sbx::raw(kRetryAfterSeconds)});
  }
  accept(id, request);
}

void Endpoint::accept(sbx_id id, const sbx_request &request) {
  sbx_ws_accept a{};
  a.size = sizeof a;
  a.flags = options_.compression ? uint32_t{SBX_WS_DEFLATE} : 0u;
  // A client that offers others only is let in without one: RFC 6455 leaves it to the client whether that will do.
  if (offers_ours(request)) a.subprotocol = sbx::raw(kSubprotocol);
  a.message_max = options_.message_max;
  a.ping_ns = options_.ping_ns;
  a.pong_ns = options_.pong_ns;
  if (services_.http->accept_ws(services_.host.get(), id, &a) < 0) return;
  Connection &connection = connections_.add(id, services_.random_id(), Allowance(message_limits_, services_.now_ns()));
  counters_.opened.add();
  counters_.connections.add(1);
  const QueryWants wants = read_query(sbx::view(request.query), options_.channels_max);
  services_.introduce(id, connection.public_id(), request, wants.token);
  channels_.enter(connection, wants);
}

void Endpoint::on_message(Connection &connection, std::string_view data, bool binary) {
  counters_.messages_in.add();
  if (binary)
    return close(connection, Close::kBinary, kUnsupportedData, "binary messages are not understood; send JSON text");
  if (!connection.allowance.take(message_limits_, services_.now_ns()))
    return close(connection, Close::kRate, kPolicyViolation, "too many messages; send fewer");
  channels_.welcome(connection);
  const ClientMessage message = read_client_message(data);
  if (message.type == ClientMessage::Type::kBad) return bad_message(connection, message);
  connection.bad_in_row = 0;
  switch (message.type) {
    case ClientMessage::Type::kSubscribe:
      return channels_.subscribe(connection, message);
    case ClientMessage::Type::kUnsubscribe:
      return channels_.unsubscribe(connection, message);
    case ClientMessage::Type::kEvent:
      return channels_.say(connection, message);
    default:
      return services_.tell(connection.id, pong_message(message.ref));
  }
}

void Endpoint::bad_message(Connection &connection, const ClientMessage &message) {
  channels_.fail(connection, message.error, message.why, {}, message.ref);
  if (++connection.bad_in_row >= kBadInRowMax)
    close(connection, Close::kBadMessages, kPolicyViolation, "too many messages that are not understood");
}

void Endpoint::close(Connection &connection, Close why, uint32_t code, std::string_view reason) {
  if (connection.closing) return;
  connection.closing = why;
  channels_.leave(connection);
  services_.http->close(services_.host.get(), connection.id, code, sbx::raw(reason));
}

void Endpoint::on_close(sbx_id id, sbx_status why, uint32_t ws_code) {
  Connection *connection = connections_.find(id);
  if (!connection) return;  // a plain request that was answered
  counters_.count(connection->closing.value_or(close_of(why, ws_code)));
  counters_.connections.add(-1);
  channels_.leave(*connection);
  connections_.remove(id);
  finish_stop();
}

// ---- the end -----------------------------------------------------------------------------------------------------

void Endpoint::stop(int64_t deadline_ns, std::function<void()> done) {
  stopping_ = true;
  stop_done_ = std::move(done);
  to_close_ = connections_.ids();
  const int64_t spread = std::clamp<int64_t>((deadline_ns - services_.now_ns()) / 2, 0, kStopSpreadNs);
  const auto ticks = static_cast<size_t>(std::max<int64_t>(1, spread / kStopTickNs));
  closes_per_tick_ = std::max(kClosesPerTickMin, to_close_.size() / ticks + 1);
  close_some();
  if (!to_close_.empty())
    stop_timer_ = services_.loop->timer(
        services_.host.get(), kStopTickNs, kStopTickNs,
        [](void *self, sbx_id) noexcept {
          Endpoint &e = *static_cast<Endpoint *>(self);
          sbx::guarded(e.services_.host, [&] { e.close_some(); });
        },
        this);
  finish_stop();
}

void Endpoint::close_some() {
  for (size_t i = 0; i < closes_per_tick_ && !to_close_.empty(); ++i) {
    Connection *connection = connections_.find(to_close_.back());
    to_close_.pop_back();
    if (connection) close(*connection, Close::kStopping, kGoingAway, "this server is stopping; come again");
  }
  if (to_close_.empty() && stop_timer_) services_.loop->cancel(services_.host.get(), std::exchange(stop_timer_, 0));
}

void Endpoint::finish_stop() {
  if (stop_done_ && connections_.empty()) std::exchange(stop_done_, nullptr)();
}

}  // namespace websocket
