#include "plugins/sinks/socketio/session.hpp"

#include <algorithm>

#include "plugins/sinks/socketio/engine.hpp"
#include "plugins/sinks/socketio/engine_payload3.hpp"
#include "plugins/sinks/socketio/engine_payload4.hpp"

namespace socketio {
namespace {

// What a heartbeat may carry: "probe" is the longest that clients send.  We echo it past the outbox's limit.
constexpr size_t kPingDataMax = 125;
// WebSocket close codes (RFC 6455 section 7.4.1).
constexpr uint32_t kNormal = 1000, kProtocolError = 1002, kServiceRestart = 1012;

uint32_t ws_code(CloseReason why) {
  if (why == CloseReason::kParse) return kProtocolError;
  return why == CloseReason::kStopping ? kServiceRestart : kNormal;
}

}  // namespace

const sbx_member_events Session::kMemberEvents = {sizeof(sbx_member_events), 0,
                                                  [](void *self, sbx_id) noexcept {
                                                    auto &session = *static_cast<Session *>(self);
                                                    session.engine_.enter([&] { session.flush(); });
                                                  },
                                                  [](void *self, sbx_id member, sbx_status) noexcept {
                                                    auto &session = *static_cast<Session *>(self);
                                                    session.engine_.enter([&] {
                                                      if (session.member_ == member) session.close(CloseReason::kSlow);
                                                    });
                                                  }};

Session::Session(Engine &engine, std::string sid, int version, bool base64)
    : engine_(engine), sid_(std::move(sid)), version_(version), base64_(base64) {}

Session::~Session() = default;

std::string Session::open_packet() const {
  const EngineOptions &o = engine_.options();
  const bool can_upgrade = ws_ == 0 && o.websocket;
  std::string out = "0{\"sid\":\"" + sid_ + "\",\"upgrades\":" + (can_upgrade ? "[\"websocket\"]" : "[]");
  out += ",\"pingInterval\":" + std::to_string(o.ping_interval_ns / sbx::kMillisecondNs);
  out += ",\"pingTimeout\":" + std::to_string(o.ping_timeout_ns / sbx::kMillisecondNs);
  if (version_ == 4) out += ",\"maxPayload\":" + std::to_string(o.max_payload);
  return out + "}";
}

void Session::start(std::unique_ptr<SessionUser> user) {
  const EngineOptions &o = engine_.options();
  const int64_t now = engine_.services().now_ns();
  if (version_ == 4) {
    // The first ping comes up to an eighth early, so that clients who came together do not stay together.
    const auto chance = static_cast<unsigned char>(sid_.back()) % 32;
    ping_at_ns_ = now + o.ping_interval_ns - o.ping_interval_ns / 256 * chance;
  } else {
    alive_by_ns_ = now + o.ping_interval_ns + o.ping_timeout_ns;
  }
  user_ = std::move(user);
  (on_websocket() ? engine_.counters().websocket : engine_.counters().polling).add();
  reschedule();
}

void Session::open_polling(sbx_id request, const sbx_request &handshake, const PollForm &form,
                           std::unique_ptr<SessionUser> user) {
  const Services &s = engine_.services();
  member_ = s.fanout->member(s.host.get(), &kMemberEvents, this);
  s.post_control(member_, open_packet());
  poll_ = request;
  poll_form_ = std::make_unique<PollForm>(form);
  start(std::move(user));
  user_->on_open(handshake);
  if (open_) flush();
}

void Session::open_websocket(sbx_id ws, const sbx_request &handshake, std::unique_ptr<SessionUser> user) {
  member_ = ws_ = ws;
  engine_.services().post_control(member_, open_packet());
  start(std::move(user));
  user_->on_open(handshake);
}

void Session::send(const Parts &messages) {
  if (open_) engine_.services().post(member_, messages);
}

void Session::join(std::string_view group) {
  const Services &s = engine_.services();
  s.fanout->join(s.host.get(), member_, sbx::raw(group));
}

void Session::leave(std::string_view group) {
  const Services &s = engine_.services();
  s.fanout->leave(s.host.get(), member_, sbx::raw(group));
}

// ---- packets -----------------------------------------------------------------------------------------------------

void Session::on_ws_message(sbx_id ws, std::string_view data, bool binary) {
  if (ws == probe_) {
    if (binary)
      on_probe_message({});
    else
      on_probe_message(data);
    return;
  }
  std::string scratch;
  EnginePacket packet;
  bool fine;
  if (binary) {
    packet = {kMessage, true, version_ == 3 && !data.empty() ? data.substr(1) : data};
    fine = version_ == 4 || (!data.empty() && data[0] == kMessage - '0');
  } else {
    fine = version_ == 4 ? read_packet4(data, scratch, packet) : read_packet3(data, scratch, packet);
  }
  if (fine)
    dispatch(packet);
  else
    close(CloseReason::kParse);
}

// One packet of an open session; false = the session has ended.
bool Session::dispatch(const EnginePacket &packet) {
  engine_.counters().packets_in.add();
  if (!heard(packet)) {
    close(CloseReason::kParse);
    return false;
  }
  if (packet.type == kClose) close(CloseReason::kClient);
  if (packet.type == kMessage) user_->on_message(packet.data, packet.binary);
  return open_;
}

// Any packet shows that the client lives.  False = one that it must not send.
bool Session::heard(const EnginePacket &packet) {
  const EngineOptions &o = engine_.options();
  const int64_t now = engine_.services().now_ns();
  const bool ping = packet.type == kPing, pong = packet.type == kPong;
  if (packet.type == kOpen || (version_ == 4 && ping) || (version_ == 3 && pong)) return false;
  if (version_ == 3) {
    alive_by_ns_ = now + o.ping_interval_ns + o.ping_timeout_ns;
    if (ping && packet.data.size() > kPingDataMax) return false;
    if (ping) answer_ping(packet.data);
  } else if (ping_at_ns_ == 0) {
    ping_at_ns_ = now + o.ping_interval_ns;
    alive_by_ns_ = 0;
    reschedule();
  }
  if (pong) user_->on_heartbeat_answered();
  return true;
}

// Revision 3: a client pings again only when it has our answer, so its next ping confirms what went before that.
void Session::answer_ping(std::string_view data) {
  user_->on_heartbeat_answered();
  user_->on_heartbeat();
  engine_.services().post_control(member_, kPong + std::string(data));
}

// ---- upgrade -----------------------------------------------------------------------------------------------------

void Session::on_probe(sbx_id ws) {
  probe_ = ws;
  upgrade_by_ns_ = engine_.services().now_ns() + engine_.options().upgrade_timeout_ns;
  reschedule();
}

void Session::on_probe_message(std::string_view text) {
  const Services &s = engine_.services();
  if (text == "2probe") {
    probed_ = true;
    s.post_control(probe_, "3probe");
    flush();
    if (poll_) answer_poll({&kNoop, 1});
  } else if (text == std::string_view(&kUpgrade, 1)) {
    upgrade();
  } else {
    const sbx_id probe = std::exchange(probe_, 0);
    probed_ = false;
    engine_.answered(probe);
    s.close(probe, kNormal, "not an upgrade");
  }
}

void Session::upgrade() {
  const Services &s = engine_.services();
  // A connection that just died cannot take over; its on_close is on the way, and polling goes on.
  if (s.fanout->transfer(s.host.get(), member_, probe_) < 0) return;
  if (poll_) answer_poll({&kNoop, 1});
  const sbx_id from = member_;
  member_ = ws_ = std::exchange(probe_, 0);
  probed_ = false;
  upgrade_by_ns_ = 0;
  engine_.counters().polling.add(-1);
  engine_.counters().websocket.add();
  user_->on_moved(from);
}

// ---- time --------------------------------------------------------------------------------------------------------

bool Session::overdue(int64_t now_ns) const { return alive_by_ns_ && now_ns >= alive_by_ns_; }

void Session::set_user_deadline(int64_t due_ns) {
  user_due_ns_ = due_ns;
  reschedule();
}

void Session::reschedule() {
  int64_t due = 0;
  for (const int64_t at : {ping_at_ns_, alive_by_ns_, upgrade_by_ns_, user_due_ns_})
    if (at && (!due || at < due)) due = at;
  if (due && open_) engine_.heartbeat().schedule(*this, due);
}

void Session::on_due(int64_t now_ns) noexcept {
  sbx::guarded(engine_.services().host, [&] { check_deadlines(now_ns); });
}

void Session::check_deadlines(int64_t now_ns) {
  if (overdue(now_ns)) return close(CloseReason::kPingTimeout);
  if (user_due_ns_ && now_ns >= user_due_ns_) {
    user_due_ns_ = 0;
    user_->on_deadline();
    if (!open_) return;
  }
  if (upgrade_by_ns_ && now_ns >= upgrade_by_ns_) {
    upgrade_by_ns_ = 0;
    on_probe_message({});
  }
  if (ping_at_ns_ && now_ns >= ping_at_ns_) {
    // Counted from when the ping was due: a tick more or less is ours, not the client's.  After a long sleep of the
    // machine the client gets its full time all the same.
    const int64_t asked = std::max(ping_at_ns_, now_ns - 2 * engine_.heartbeat().tick_ns());
    ping_at_ns_ = 0;
    alive_by_ns_ = asked + engine_.options().ping_timeout_ns;
    user_->on_heartbeat();
    engine_.services().post_control(member_, {&kPing, 1});
  }
  reschedule();
}

// ---- end ---------------------------------------------------------------------------------------------------------

void Session::on_gone(sbx_id exchange, CloseReason why) {
  if (exchange == probe_) {
    probe_ = 0;
    probed_ = false;
    upgrade_by_ns_ = 0;
    return;
  }
  const bool ours = exchange == poll_ || exchange == post_ || exchange == ws_;
  if (exchange == poll_) poll_ = 0;
  if (exchange == post_) post_ = 0;
  if (ours) close(why);
}

void Session::close(CloseReason why) {
  if (!open_) return;
  open_ = false;
  engine_.heartbeat().cancel(*this);
  engine_.counters().closed[static_cast<size_t>(why)].add();
  (on_websocket() ? engine_.counters().websocket : engine_.counters().polling).add(-1);
  if (user_) user_->on_close();
  close_transports(why);
  engine_.retire(*this);
}

void Session::close_transports(CloseReason why) {
  const Services &s = engine_.services();
  if (poll_) {
    // What waits goes along; then the client hears that it is over.  To one that ended it itself, "nothing" will do.
    Parts parts = take_waiting();
    parts.push_back({false, std::string(1, why == CloseReason::kClient ? kNoop : kClose)});
    answer_poll(parts);
  }
  for (const sbx_id id : {post_, ws_, probe_})
    if (id) engine_.answered(id);
  for (const sbx_id id : {ws_, probe_})
    if (id) s.close(id, ws_code(why), close_reason_word(why));
  if (!ws_ && member_) s.fanout->drop(s.host.get(), member_);
}

}  // namespace socketio
