#include "core/net/http_server.hpp"

#include <algorithm>
#include <ctime>

#include "core/net/disk_files.hpp"

namespace signalbox::net {
namespace {

// How late a deadline may be noticed.
constexpr int64_t kDeadlineStepNs = 100'000'000;
// The first step that is not before it; 32 bits hold 13 years of them.
uint32_t step_of(int64_t at_ns) { return static_cast<uint32_t>((at_ns + kDeadlineStepNs - 1) / kDeadlineStepNs); }
// Ticks that the wheel makes up for at most: more than that the lane was not late but away, and its clients' bytes wait
// to be read.
constexpr int64_t kPulseTicksMax = 5;

}  // namespace

HttpServer::HttpServer(io::Lane &lane, Fanout &fanout, ServerShared &shared)
    : lane_(lane), fanout_(fanout), shared_(shared) {}

HttpServer::~HttpServer() {
  if (deadline_timer_) lane_.cancel(deadline_timer_);
  if (pulse_timer_) lane_.cancel(pulse_timer_);
  while (first_) delete release(*first_).release();
}

void HttpServer::accept(Listener &listener, int listening_fd, bool spread) {
  acceptors_.push_back(std::make_unique<io::Acceptor>(
      lane_, listening_fd, [this, &listener, spread](int fd, const io::PeerAddress &peer) {
        io::Socket socket(fd);
        const Listener::Admission verdict = listener.admit(peer);
        if (verdict != Listener::Admission::admitted) {
          (verdict == Listener::Admission::too_many ? listener.count.refused_limit : listener.count.refused_address)
              .add();
          return;  // closed without a word: an answer would cost what the limit is there to save
        }
        listener.count.accepted.add();
        auto connection = std::make_unique<Connection>(listener, std::move(socket), peer);
        HttpServer &home = spread ? *shared_.servers[spread_next_++ % shared_.servers.size()] : *this;
        if (&home == this) return adopt(std::move(connection));
        home.lane_.post([&home, moving = std::make_shared<std::unique_ptr<Connection>>(std::move(connection))] {
          home.adopt(std::move(*moving));
        });
      }));
}

void HttpServer::stop_accepting() { acceptors_.clear(); }

void HttpServer::adopt(std::unique_ptr<Connection> connection) {
  Connection *c = connection.release();
  c->previous_ = nullptr;
  c->next_ = first_;
  if (first_) first_->previous_ = c;
  first_ = c;
  ++connections_;
  c->draining_ = draining_;
  c->settle(*this);
  if (draining_) c->drain();  // it was on its way here when the end began
}

std::unique_ptr<Connection> HttpServer::release(Connection &c) {
  set_deadline(c, 0);
  (c.previous_ ? c.previous_->next_ : first_) = c.next_;
  if (c.next_) c.next_->previous_ = c.previous_;
  c.previous_ = c.next_ = nullptr;
  --connections_;
  return std::unique_ptr<Connection>(&c);
}

void HttpServer::retire(Connection &c) {
  retired_.push_back(release(c));
  if (retired_.size() == 1) lane_.defer([this] { retired_.clear(); });
}

void HttpServer::drain() {
  draining_ = true;
  for (Connection *c = first_; c;) {
    Connection *next = c->next_;
    c->drain();
    c = next;
  }
}

void HttpServer::go_away() {
  for (Connection *c = first_; c;) {
    Connection *next = c->next_;
    c->close(kWsGoingAway, {});
    c = next;
  }
}

void HttpServer::abort_all() {
  for (Connection *c = first_; c;) {
    Connection *next = c->next_;
    c->abort(SBX_ECLOSED);
    c = next;
  }
}

void HttpServer::set_deadline(Connection &c, int64_t at_ns) {
  c.deadline_ns_ = at_ns;
  if (at_ns == 0) return list(c, 0);
  const uint32_t step = step_of(at_ns);
  if (c.listed_ == 0 || c.listed_ > step) list(c, step);
}

void HttpServer::rest_deadline(Connection &c) { c.deadline_ns_ = 0; }

void HttpServer::list(Connection &c, uint32_t step) {
  if (c.listed_ != 0) deadlines_.erase({c.listed_, &c});
  c.listed_ = step;
  if (step == 0) return;
  deadlines_.emplace(step, &c);
  if (deadline_timer_ == 0)
    deadline_timer_ = lane_.timer(kDeadlineStepNs, kDeadlineStepNs, [this](io::TimerId) { check_deadlines(); });
}

void HttpServer::check_deadlines() {
  const int64_t now = lane_.now_ns();
  while (!deadlines_.empty() && static_cast<int64_t>(deadlines_.begin()->first) * kDeadlineStepNs <= now) {
    Connection &c = *deadlines_.begin()->second;
    if (c.deadline_ns_ > now) {
      list(c, step_of(c.deadline_ns_));
      continue;
    }
    list(c, 0);
    if (std::exchange(c.deadline_ns_, 0) != 0) c.deadline_passed();
  }
  if (deadlines_.empty()) lane_.cancel(std::exchange(deadline_timer_, 0));
}

void HttpServer::watch_pulse(Connection &c) {
  pulses_.add(c.id(), c.pulse_.due(pulses_.now()));
  if (pulse_timer_ != 0) return;
  pulses_ns_ = lane_.now_ns();
  pulse_timer_ = lane_.timer(kPulseTickNs, kPulseTickNs, [this](io::TimerId) { check_pulses(); });
}

void HttpServer::check_pulses() {
  const int64_t now_ns = lane_.now_ns();
  int64_t ticks = (now_ns - pulses_ns_) / kPulseTickNs;
  pulses_ns_ = ticks > kPulseTicksMax ? now_ns : pulses_ns_ + ticks * kPulseTickNs;
  for (ticks = std::min(ticks, kPulseTicksMax); ticks > 0; --ticks)
    for (const uint64_t id : pulses_.tick())
      // Only connections are put in, so an id that is found is one.
      if (Member *found = fanout_.find(id)) static_cast<Connection *>(found)->check_pulse();
  if (pulses_.empty()) lane_.cancel(std::exchange(pulse_timer_, 0));
}

Frame *HttpServer::ping() {
  if (!ping_) ping_ = encode_ws(kWsPing, {}, Frame::kControl);
  return ping_.get();
}

std::string_view HttpServer::date() { return date_.text(std::time(nullptr)); }

StaticFiles &HttpServer::files(const Listener &listener) {
  auto it = files_.find(&listener);
  if (it != files_.end()) return it->second;
  std::vector<StaticFiles::Mount> mounts;
  for (const auto &[prefix, path] : listener.files()) mounts.push_back({prefix, path});
  return files_.emplace(&listener, StaticFiles(std::move(mounts), std::make_shared<DiskFiles>())).first->second;
}

std::span<HeaderView> HttpServer::header_views(size_t count) {
  if (header_views_.size() < count) header_views_.resize(count);
  return {header_views_.data(), count};
}

std::span<sbx_attr> HttpServer::attrs(size_t count) {
  if (attrs_.size() < count) attrs_.resize(count);
  return {attrs_.data(), count};
}

}  // namespace signalbox::net
