// The source `redis`: keeps one connection to Redis for ever, and a Session on it.  Everything runs on the instance's
// lane; the connection, time and chance are the host's.
#include <algorithm>
#include <cstdio>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <utility>

#include "plugins/sources/redis/backoff.hpp"
#include "plugins/sources/redis/intake.hpp"
#include "plugins/sources/redis/options.hpp"
#include "plugins/sources/redis/session.hpp"
#include "plugins/sources/redis/subscriptions.hpp"

namespace redis {
namespace {

constexpr const char kSchema[] =
#include "schema.json.inc"
    ;

// "2.5 s", "40 ms"
std::string duration(int64_t ns) {
  if (ns < sbx::kSecondNs) return std::to_string(ns / sbx::kMillisecondNs) + " ms";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(ns) / static_cast<double>(sbx::kSecondNs));
  return text;
}

Options options_or_throw(sbx::Host host, std::string_view config) {
  auto options = read_options(host, config);
  if (!options) throw sbx::Refused{};
  return *std::move(options);
}

class RedisSource final : private Session::Port {
 public:
  RedisSource(sbx::Host host, std::string_view config)
      : host_(host),
        loop_(host.service<sbx_loop>()),
        stream_(host.service<sbx_stream>()),
        options_(options_or_throw(host, config)),
        subscriptions_(options_.channels, options_.patterns, options_.prefix),
        backoff_(options_.backoff_min_ns, options_.backoff_max_ns),
        intake_(host, options_),
        reconnects_(host, 'c', "signalbox_redis_reconnects_total", "Times the subscription was regained after a loss."),
        away_(host, 'c', "signalbox_redis_away_seconds_total", "Seconds from losses to regained subscriptions.") {}
  RedisSource(const RedisSource &) = delete;
  RedisSource &operator=(const RedisSource &) = delete;

  sbx_status start() {
    if (!loop_ || !stream_) return SBX_EUNSUPPORTED;
    host_.ready(false);
    dial();
    return SBX_OK;
  }
  void stop(int64_t) {
    stopping_ = true;
    disarm();
    if (connection_)
      stream_->close(host_.get(), connection_);
    else
      host_.stopped();
  }

 private:
  static RedisSource &at(void *user) { return *static_cast<RedisSource *>(user); }
  template <class F>
  static void guarded(void *user, sbx_id id, F &&f) noexcept {
    RedisSource &self = at(user);
    if (id != self.connection_) return;
    const bool fine = sbx::guarded<bool>(self.host_, false, [&] { return f(self), true; });
    if (!fine && self.why_.empty()) sbx::guarded(self.host_, [&] { self.failed("an internal error"); });
  }
  static void on_open(void *user, sbx_id id) noexcept {
    guarded(user, id, [](RedisSource &self) { self.opened(); });
  }
  static void on_data(void *user, sbx_id id, sbx_str bytes) noexcept {
    guarded(user, id, [bytes](RedisSource &self) { self.received(sbx::view(bytes)); });
  }
  static void on_close(void *user, sbx_id id, sbx_status, sbx_str text) noexcept {
    guarded(user, id, [text](RedisSource &self) { self.closed(sbx::view(text)); });
  }
  static void on_timer(void *user, sbx_id) noexcept {
    sbx::guarded(at(user).host_, [user] { at(user).timer_fired(); });
  }

  int64_t now() const { return loop_->mono_ns(host_.get()); }
  void arm(int64_t after_ns) { timer_ = loop_->timer(host_.get(), after_ns, 0, on_timer, this); }
  void disarm() {
    if (timer_) loop_->cancel(host_.get(), timer_);
    timer_ = 0;
  }

  void dial() {
    static constexpr sbx_stream_events kEvents{sizeof(sbx_stream_events), 0, on_open, on_data, nullptr, on_close};
    session_.emplace(options_.session, subscriptions_, static_cast<Session::Port &>(*this));
    why_.clear();
    sbx_dial d{};
    d.size = sizeof d;
    d.flags = options_.tls.insecure ? uint32_t{SBX_DIAL_INSECURE} : 0u;
    d.url = sbx::raw(options_.url.dial);
    d.timeout_ns = options_.connect_timeout_ns;
    d.ca = sbx::raw(options_.tls.ca);
    d.certificate = sbx::raw(options_.tls.certificate);
    d.key = sbx::raw(options_.tls.key);
    d.server_name = sbx::raw(options_.tls.server_name);
    connection_ = stream_->dial(host_.get(), &d, &kEvents, this);
    if (!connection_) closed("the host cannot dial");
  }
  void opened() {
    session_->opened(now());
    watch();
  }
  void received(std::string_view bytes) {
    if (!why_.empty() || stopping_) return;  // being closed
    session_->receive(now(), bytes);
  }
  // One timer at a time: the session's next deadline while there is a connection, else the next attempt.  It is not
  // moved for every message; when it fires too early it is armed again.
  void watch() {
    int64_t deadline = session_->deadline_ns();
    if (why_.empty()) arm(std::max<int64_t>(deadline - now(), 0));
  }
  void timer_fired() {
    timer_ = 0;
    if (stopping_) return;
    if (!connection_) return dial();
    session_->tick(now());
    watch();
  }
  void closed(std::string_view text) {
    const bool was_live = std::exchange(live_, false);
    connection_ = 0;
    disarm();
    if (stopping_) return host_.stopped();
    host_.ready(false);
    if (was_live && !away_since_ns_) away_since_ns_ = now();
    uint64_t chance = 0;
    loop_->random(host_.get(), &chance, sizeof chance);
    const int64_t wait = backoff_.next_ns(chance);
    host_.log(SBX_WARN, (was_live ? "lost " : "cannot use ") + options_.url.shown + ": " +
                            (why_.empty() ? std::string(text) : why_) + "; next attempt in " + duration(wait));
    arm(wait);
  }

  // Session::Port
  void send(std::string_view bytes) override { stream_->send(host_.get(), connection_, sbx::raw(bytes)); }
  void subscribed() override {
    live_ = true;
    backoff_.reset();
    disarm();
    watch();
    std::string line = "subscribed at " + options_.url.shown;
    if (away_since_ns_) {
      const int64_t gone = now() - *away_since_ns_;
      away_since_ns_.reset();
      reconnects_.add();
      away_.add(static_cast<double>(gone) / static_cast<double>(sbx::kSecondNs));
      line += " again after " + duration(gone) + "; what was published meanwhile is lost, Redis keeps nothing for us";
    }
    host_.log(SBX_INFO, line);
    host_.ready(true);
  }
  void message(const Session::Message &m) override { intake_.accept(now(), m); }
  void repeated() override { intake_.repeated(); }
  void warn(std::string_view text) override { host_.log(SBX_WARN, text); }
  void failed(std::string_view why) override {
    why_ = why;
    host_.ready(false);
    stream_->close(host_.get(), connection_);  // closed() follows in a later turn (R3)
  }

  sbx::Host host_;
  const sbx_loop *loop_;
  const sbx_stream *stream_;
  const Options options_;
  const Subscriptions subscriptions_;
  Backoff backoff_;
  Intake intake_;
  sbx::Metric reconnects_, away_;
  std::optional<Session> session_;  // of this connection, or the last one
  sbx_id connection_ = 0, timer_ = 0;
  std::string why_;  // the session's own reason to close
  std::optional<int64_t> away_since_ns_;
  bool live_ = false;  // subscribed, and not closed since
  bool stopping_ = false;
};

constexpr sbx_plugin kRedis =
    sbx::table<RedisSource>(SBX_SOURCE, "redis", "1.0.0", "Redis pub/sub channels and patterns.", kSchema);

}  // namespace
}  // namespace redis

SBX_MODULE("signalbox-redis", "1.0.0", &redis::kRedis)
