#include "plugins/sinks/socketio/echo_client.hpp"

#include <algorithm>
#include <utility>

#include "plugins/sinks/socketio/client.hpp"
#include "plugins/sinks/socketio/echo.hpp"
#include "plugins/sinks/socketio/echo_packet.hpp"

namespace socketio {
namespace {

constexpr size_t kPidBytes = 18;  // 144 bits of chance
constexpr size_t kKeyMin = 16;
// How long after its CONNECT a page may take to subscribe again by itself.
constexpr int64_t kShownForNs = 30 * sbx::kSecondNs;

bool valid_key(std::string_view key) {
  return key.size() >= kKeyMin && std::all_of(key.begin(), key.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

// Where a client surely stands that shows this offset of a session we do not know.
std::optional<Place> sure_place(const Offset &offset) {
  if (offset.op == 0) return offset.place;
  if (offset.seq == 0 && offset.place.seq != 0) return std::nullopt;  // a log that was empty has nothing before it
  return Place{offset.place.epoch, std::min(offset.place.seq, offset.seq)};
}

}  // namespace

std::string_view kind_word(EchoKind kind) {
  constexpr std::string_view kWords[kEchoKinds] = {"4r:/", "4:/", "3:/"};
  return kWords[static_cast<size_t>(kind)];
}

EchoClient::EchoClient(Echo &echo, Socket &socket, uint64_t number)
    : echo_(echo), socket_(socket), number_(number), kind_(EchoKind::kVersion3) {
  if (socket.client().session().version() == 4)
    kind_ = echo.options().recovery ? EchoKind::kVersion4Recovery : EchoKind::kVersion4;
}

EchoClient::~EchoClient() {
  if (accepted_) echo_.count(kind_, -1);
  leave(false);
}

void EchoClient::leave(bool said_goodbye) {
  if (!said_goodbye) return echo_.sessions().lose(ticket_, echo_.services().now_ns());
  // Its connection may stay, and come back to the namespace.
  std::vector<std::string> channels;
  echo_.sessions().with(ticket_, [&](const Kept &kept) {
    for (const KeptChannel &c : kept.channels)
      if (c.op != 0) channels.push_back(c.name);
  });
  echo_.sessions().end(ticket_);
  const Services &s = echo_.services();
  for (const std::string &channel : channels) s.log->unsubscribe(s.host.get(), member(), sbx::raw(channel));
}

sbx_id EchoClient::member() const { return socket_.client().session().member(); }

// ---- connecting ----------------------------------------------------------------------------------------------------

void EchoClient::welcome(std::string_view auth) {
  const Session &session = socket_.client().session();
  const std::string key(valid_key(session.key()) ? session.key() : std::string_view());
  const RecoveryRequest request = recovery() ? read_recovery_request(auth) : RecoveryRequest{};
  const std::optional<Offset> offset = echo_.cursors().parse_offset(request.offset);
  const int64_t now = echo_.services().now_ns();
  KeptSessions &sessions = echo_.sessions();
  auto claimed = sessions.claim_pid(echo_.shard(), number_, request.pid, now);
  by_pid_ = claimed.has_value();
  if (!claimed) claimed = sessions.claim_key(echo_.shard(), number_, key, now);
  if (claimed) {
    ticket_ = claimed->ticket;
    if (claimed->evicted) echo_.end_connection(claimed->evicted);
    // An offset that is none is a gap.
    whole_ = !by_pid_ || request.offset.empty() || offset;
    return restore(by_pid_ ? offset : std::nullopt);
  }
  if (!request.pid.empty()) echo_.counters().recovery_unknown.add();
  if (const auto place = offset ? sure_place(*offset) : std::nullopt) {
    shown_ = echo_.cursors().text(*place);
    shown_until_ns_ = now + kShownForNs;
  }
  Kept fresh;
  fresh.key = key;
  ticket_ = sessions.open(echo_.shard(), number_, std::move(fresh));
  accept();
}

void EchoClient::restore(const std::optional<Offset> &offset) {
  bool any = false;
  echo_.sessions().with(ticket_, [&](Kept &kept) {
    kept.resume(offset);
    former_id_ = kept.sid;
    any = !kept.channels.empty();
  });
  if (!any) return accept();
  next_operation();
  // More than the host takes at once: what becomes of the rest is known too late to be promised.
  if (!accepted_) echo_.sessions().with(ticket_, [&](Kept &kept) { whole_ &= unanswered_ == kept.channels.size(); });
}

// The same pid tells the client that nothing is missing; then it also keeps its socket.id.
void EchoClient::accept() {
  const bool recovered = by_pid_ && whole_;
  accepted_ = true;
  if (!former_id_.empty()) (whole_ ? echo_.counters().recovered : echo_.counters().recovered_with_gap).add();
  echo_.count(kind_, 1);
  Kept now;
  echo_.sessions().with(ticket_, [&](Kept &kept) {
    now.pid = kept.pid;
    now.key = kept.key;
  });
  if (recovery() && recovered && !former_id_.empty()) {
    socket_.rename(former_id_);
    echo_.introduce(socket_);
  }
  if (recovery() && !recovered) {
    now.pid = echo_.services().random_id(kPidBytes);
    echo_.sessions().rename(ticket_, now.pid, now.key);
  }
  uint64_t complete = op_seq_;
  echo_.sessions().with(ticket_, [&](Kept &kept) {
    kept.sid = socket_.id();
    // Where those begin that wait for their turn is not known yet.
    if (std::any_of(kept.channels.begin(), kept.channels.end(), [](const KeptChannel &c) { return c.op == 0; }))
      complete = 0;
  });
  socket_.accept(recovery() ? now.pid : std::string_view());
  // The client forgets what it showed: what it is told instead must serve it also when this session is gone.
  if (recovery()) socket_.emit(hello_args(offset(complete)));
  for (const auto &[channel, everybody] : std::exchange(present_, {})) socket_.emit(members_args(channel, everybody));
  for (const auto &[channel, code] : std::exchange(refused_, {})) socket_.emit(subscription_error_args(channel, code));
}

// ---- what the client surely has ------------------------------------------------------------------------------------

void EchoClient::on_heartbeat() {
  mark_.reset();
  if (op_ != 0 || !accepted_) return;
  mark_ = echo_.cursors().head();
  echo_.sessions().with(ticket_, [&](Kept &kept) { mark_op_ = kept.ops; });
}

void EchoClient::on_heartbeat_answered() {
  if (!mark_) return;
  echo_.sessions().with(ticket_, [&](Kept &kept) { kept.confirm(mark_op_, *mark_); });
  mark_.reset();
}

}  // namespace socketio
