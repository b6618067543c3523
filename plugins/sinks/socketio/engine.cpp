#include "plugins/sinks/socketio/engine.hpp"

#include <algorithm>

#include "plugins/sinks/socketio/query.hpp"
#include "plugins/sinks/socketio/text.hpp"

namespace socketio {
namespace {

// A session id: two characters for the lane, twenty of chance (120 bits).
constexpr char kLaneDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr size_t kLaneChars = 2, kChanceBytes = 15;
// How often a refused version is worth a line in the log.
constexpr int64_t kVersionReportNs = 60 * sbx::kSecondNs;
// What a session may call itself.
constexpr size_t kKeyMax = 64;
// When a client may try again whose address connects too fast: what a bucket has refilled by then is worth the trip.
constexpr std::string_view kRetryAfterSeconds = "10";
// What the log shows of a peer's own words.
constexpr size_t kQuotedMax = 32;

std::string error_body(Refusal why) {
  std::string out = "{\"code\":" + std::to_string(static_cast<int>(why)) + ",\"message\":";
  append_json_string(out, refusal_message(why));
  return out + "}";
}

// The revision that a handshake asks for; 0 = one we do not speak.
int version_of(const std::optional<std::string> &eio, bool allow_eio3) {
  if (eio == "4") return 4;
  return allow_eio3 && (!eio || *eio == "3") ? 3 : 0;
}

PollForm poll_form(std::string_view query) { return {query_value(query, "j")}; }

}  // namespace

Engine::Engine(Services services, EngineOptions options, Counters &counters, UserMaker make_user, OtherPath other)
    : services_(services),
      options_(std::move(options)),
      counters_(counters),
      make_user_(std::move(make_user)),
      other_(std::move(other)),
      heartbeat_(services.host, services.loop, std::min(options_.ping_interval_ns, options_.ping_timeout_ns),
                 [this] { reap(); }),
      lane_(services.loop->lane(services.host.get())),
      lanes_(services.loop->lanes(services.host.get())) {}

Engine::~Engine() {
  std::vector<std::unique_ptr<Session>> all;
  sessions_.for_each([&](Session &session) { all.emplace_back(&session); });
}

sbx_http_events Engine::events() {
  sbx_http_events on{};
  on.size = sizeof on;
  on.on_request = [](void *self, sbx_id id, const sbx_request *r) noexcept {
    auto &e = *static_cast<Engine *>(self);
    e.enter([&] { e.on_request(id, *r); });
  };
  on.on_body = [](void *self, sbx_id id, sbx_str chunk, int32_t last) noexcept {
    auto &e = *static_cast<Engine *>(self);
    e.enter([&] { e.on_body(id, sbx::view(chunk), last != 0); });
  };
  on.on_message = [](void *self, sbx_id id, sbx_str data, int32_t binary) noexcept {
    auto &e = *static_cast<Engine *>(self);
    e.enter([&] { e.on_message(id, sbx::view(data), binary != 0); });
  };
  on.on_close = [](void *self, sbx_id id, sbx_status why, uint32_t) noexcept {
    auto &e = *static_cast<Engine *>(self);
    e.enter([&] { e.on_close(id, why); });
  };
  on.lane_of = [](void *self, const sbx_request *r) noexcept {
    const auto &e = *static_cast<const Engine *>(self);
    return sbx::guarded<int32_t>(e.services_.host, -1, [&] { return e.lane_of(sbx::view(r->query)); });
  };
  return on;
}

sbx_status Engine::mount() {
  sbx_mount m{};
  m.size = sizeof m;
  m.listener = sbx::raw(options_.listener);
  m.path = sbx::raw(options_.path);
  m.body_max = options_.max_payload;
  const sbx_http_events on = events();
  return services_.http->mount(services_.host.get(), &m, &on, this);
}

// [any lane] Reads nothing but what never changes after create.
int32_t Engine::lane_of(std::string_view query) const {
  const auto sid = query_value(query, "sid");
  if (!sid || sid->size() < kLaneChars) return -1;
  uint32_t lane = 0;
  for (size_t i = 0; i < kLaneChars; ++i) {
    const char *digit = std::char_traits<char>::find(kLaneDigits, 64, (*sid)[i]);
    if (!digit) return -1;
    lane = lane * 64 + static_cast<uint32_t>(digit - kLaneDigits);
  }
  return lane < lanes_ ? static_cast<int32_t>(lane) : -1;
}

std::string Engine::make_sid() const {
  std::string sid{kLaneDigits[lane_ / 64 % 64], kLaneDigits[lane_ % 64]};
  return sid + services_.random_id(kChanceBytes);
}

Session *Engine::find(std::string_view sid) { return sessions_.find(sid); }

// ---- requests ----------------------------------------------------------------------------------------------------

void Engine::on_request(sbx_id id, const sbx_request &request) {
  exchanges_[id];
  std::string_view below = sbx::view(request.path);
  below.remove_prefix(std::min(options_.path.size(), below.size()));
  if (below.empty() || below == "/") {
    on_engine_request(id, request);
    return;
  }
  if (other_ && other_(id, request, below)) return;
  services_.respond(id, 404, "text/plain; charset=UTF-8", "there is nothing at this path\n");
}

void Engine::on_engine_request(sbx_id id, const sbx_request &request) {
  const std::string_view query = sbx::view(request.query);
  if (stopping_) {
    services_.respond(id, 503, "text/plain; charset=UTF-8", "this server is stopping\n");
    return;
  }
  const auto transport = query_value(query, "transport");
  const bool websocket = options_.websocket && transport == "websocket";
  if (!websocket && !(options_.polling && transport == "polling")) return refuse(id, Refusal::kUnknownTransport);
  // A script tag carries no Origin, so the host's look at it was of no use: what the browser says instead decides.
  if ((request.flags & SBX_REQ_NO_CORS) && query_value(query, "j")) return refuse(id, Refusal::kForbidden);
  const auto sid = query_value(query, "sid");
  if (sid && !sid->empty())
    session_request(id, request, websocket, *sid);
  else
    handshake(id, request, websocket);
}

void Engine::handshake(sbx_id id, const sbx_request &request, bool websocket) {
  const std::string_view query = sbx::view(request.query);
  if (sbx::view(request.method) != "GET") return refuse(id, Refusal::kBadMethod);
  if (websocket != ((request.flags & SBX_REQ_WS) != 0)) return refuse(id, Refusal::kBadRequest);
  const auto eio = query_value(query, "EIO");
  const int version = version_of(eio, options_.allow_eio3);
  if (version == 0) {
    report_version(eio.value_or("3 (none was given)"), sbx::view(request.peer));
    return refuse(id, Refusal::kUnsupportedVersion);
  }
  if (!services_.knock(sbx::view(request.peer))) return refuse(id, Refusal::kTooManyConnections);
  const PollForm form = poll_form(query);
  const bool base64 = form.jsonp || !query_value(query, "b64").value_or("").empty();
  if (websocket && !accept(id)) return;
  Session &session = open_session(version, base64);
  if (auto key = query_value(query, "session"); key && key->size() <= kKeyMax) session.set_key(*std::move(key));
  exchanges_[id] = {&session, websocket ? Kind::kWebSocket : Kind::kPoll, nullptr};
  if (websocket)
    session.open_websocket(id, request, make_user_(session));
  else
    session.open_polling(id, request, form, make_user_(session));
}

Session &Engine::open_session(int version, bool base64) {
  auto session = std::make_unique<Session>(*this, make_sid(), version, base64);
  sessions_.add(*session);
  Session &made = *session.release();
  counters_.handshakes.add();
  (version == 4 ? counters_.version4 : counters_.version3).add();
  return made;
}

void Engine::session_request(sbx_id id, const sbx_request &request, bool websocket, std::string_view sid) {
  Session *session = find(sid);
  if (session && session->overdue(services_.now_ns())) {
    session->close(CloseReason::kPingTimeout);
    session = nullptr;
  }
  if (!session) return refuse(id, Refusal::kUnknownSid);
  if (websocket != ((request.flags & SBX_REQ_WS) != 0)) return refuse(id, Refusal::kBadRequest);
  if (websocket) return websocket_request(id, *session);
  if (session->on_websocket()) return refuse(id, Refusal::kBadRequest);
  if (sbx::view(request.method) == "POST") return post_begin(id, request, *session);
  if (sbx::view(request.method) != "GET") return refuse(id, Refusal::kBadRequest);
  if (session->polling()) {
    session->close(CloseReason::kOverlap);
    return refuse(id, Refusal::kBadRequest);
  }
  exchanges_[id] = {session, Kind::kPoll, nullptr};
  session->on_poll(id, poll_form(sbx::view(request.query)));
}

void Engine::websocket_request(sbx_id id, Session &session) {
  if (!accept(id)) return;
  if (session.on_websocket() || session.probing()) {
    // Clients take a refused handshake for a server that has no WebSocket; a closed one is clear.
    services_.close(id, 1000, "this session has a WebSocket already");
    return;
  }
  exchanges_[id] = {&session, Kind::kWebSocket, nullptr};
  session.on_probe(id);
}

void Engine::on_message(sbx_id id, std::string_view data, bool binary) {
  const auto found = exchanges_.find(id);
  if (found != exchanges_.end() && found->second.session) found->second.session->on_ws_message(id, data, binary);
}

void Engine::on_close(sbx_id id, sbx_status why) {
  auto node = exchanges_.extract(id);
  if (!node.empty() && node.mapped().session)
    node.mapped().session->on_gone(id, why == SBX_ESLOW ? CloseReason::kSlow : CloseReason::kTransport);
  finish_stop();
}

// ---- answers -----------------------------------------------------------------------------------------------------

bool Engine::accept(sbx_id id) {
  sbx_ws_accept a{};
  a.size = sizeof a;
  a.message_max = options_.max_payload;
  return services_.http->accept_ws(services_.host.get(), id, &a) >= 0;
}

void Engine::refuse(sbx_id id, Refusal why) {
  counters_.refused[static_cast<size_t>(why)].add();
  services_.respond(id, refusal_status(why), "application/json", error_body(why),
                    why == Refusal::kTooManyConnections ? kRetryAfterSeconds : std::string_view());
}

void Engine::report_version(std::string_view eio, std::string_view peer) {
  const int64_t now = services_.now_ns();
  if (version_reported_ns_ && now - version_reported_ns_ < kVersionReportNs) return;
  version_reported_ns_ = now;
  std::string quoted;
  append_json_string(quoted, valid_utf8(eio) ? eio.substr(0, kQuotedMax) : "?");
  std::string line = "refused a client from " + std::string(peer) + " that asks for Engine.IO " + quoted + "; ";
  line += options_.allow_eio3 ? "this server speaks 3 and 4 (socket.io-client 1 to 4)"
                              : "this server speaks 4 (socket.io-client 3 and 4); allow_eio3: true lets older ones in";
  services_.host.log(SBX_WARN, line);
}

// ---- from sessions, and the end ----------------------------------------------------------------------------------

void Engine::answered(sbx_id exchange) {
  const auto found = exchanges_.find(exchange);
  if (found != exchanges_.end()) found->second.session = nullptr;
}

void Engine::retire(Session &session) {
  (session.version() == 4 ? counters_.version4 : counters_.version3).add(-1);
  if (sessions_.find(session.sid()) != &session) return;
  retired_.emplace_back(&session);
  sessions_.remove(session);
}

void Engine::stop(std::function<void()> done) {
  stopping_ = true;
  stop_done_ = std::move(done);
  std::vector<Session *> all;
  sessions_.for_each([&](Session &session) { all.push_back(&session); });
  for (Session *session : all) session->close(CloseReason::kStopping);
  reap();
  finish_stop();
}

void Engine::finish_stop() {
  if (stop_done_ && exchanges_.empty()) std::exchange(stop_done_, nullptr)();
}

}  // namespace socketio
