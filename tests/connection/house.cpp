#include "tests/connection/house.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "core/event/event.hpp"
#include "core/io/acceptor.hpp"

namespace signalbox::testing {
namespace {

sbx_str raw(std::string_view s) { return {s.data(), s.size()}; }

// The script whose instance is being made.
Script *next_script = nullptr;

const sbx_plugin &script_plugin() {
  static const sbx_plugin kTable = [] {
    sbx_plugin t{};
    t.size = sizeof t;
    t.kind = SBX_SINK;
    t.type = "script";
    t.version = "1";
    t.schema_json = "{}";
    t.create = [](const sbx_host *host, sbx_str) noexcept -> void * {
      next_script->attach(host);
      return next_script;
    };
    t.destroy = [](void *) noexcept {};
    t.start = [](void *self) noexcept { return static_cast<Script *>(self)->start(); };
    return t;
  }();
  return kTable;
}

}  // namespace

// ---- Script

const sbx_http &Script::http() const { return *static_cast<const sbx_http *>(host_->service(host_, SBX_HTTP)); }
const sbx_fanout &Script::fanout() const { return *static_cast<const sbx_fanout *>(host_->service(host_, SBX_FANOUT)); }

template <class F>
auto Script::calling(F &&f) {
  inside_host_ = true;
  const auto answer = f();
  inside_host_ = false;
  return answer;
}

void Script::hear(std::string what) {
  CHECK_MESSAGE(!inside_host_, "R3: called from inside its own call: ", what);
  told.push_back(std::move(what));
}

sbx_http_events Script::events() {
  sbx_http_events on{};
  on.size = sizeof on;
  on.on_request = [](void *self, sbx_id exchange, const sbx_request *r) noexcept {
    auto &s = *static_cast<Script *>(self);
    s.id = exchange;
    s.hear("request " + std::string(text(r->method)) + " " + std::string(text(r->path)));
    if (s.on_request) s.on_request(exchange);
  };
  on.on_body = [](void *self, sbx_id, sbx_str chunk, int32_t last) noexcept {
    static_cast<Script *>(self)->hear("body " + (last ? "end" : std::string(text(chunk))));
  };
  on.on_message = [](void *self, sbx_id exchange, sbx_str data, int32_t) noexcept {
    auto &s = *static_cast<Script *>(self);
    s.hear("message " + std::string(text(data)));
    if (s.on_message) s.on_message(exchange, text(data));
  };
  on.on_drain = [](void *self, sbx_id exchange) noexcept {
    auto &s = *static_cast<Script *>(self);
    s.hear("drain");
    if (s.on_drain) s.on_drain(exchange);
  };
  on.on_close = [](void *self, sbx_id, sbx_status why, uint32_t code) noexcept {
    static_cast<Script *>(self)->hear("close " + std::to_string(why) + " " + std::to_string(code));
  };
  on.lane_of = [](void *self, const sbx_request *r) noexcept {
    auto &s = *static_cast<Script *>(self);
    return s.lane_of ? s.lane_of(*r) : -1;
  };
  return on;
}

sbx_status Script::start() {
  sbx_mount m{};
  m.size = sizeof m;
  m.listener = raw("public");
  m.path = raw(path);
  m.body_max = body_max;
  m.unacked_ns = unacked_ns;
  const sbx_http_events on = events();
  REQUIRE(fanout().outbox(host_, &outbox) == SBX_OK);
  return http().mount(host_, &m, &on, this);
}

sbx_status Script::respond(sbx_id exchange, std::string_view body, bool more, uint32_t status) {
  const sbx_attr type{raw("content-type"), raw("text/plain")};
  return calling([&] { return http().respond(host_, exchange, status, &type, 1, raw(body), more); });
}

sbx_status Script::write(sbx_id exchange, std::string_view chunk, bool more) {
  return calling([&] { return http().write(host_, exchange, raw(chunk), more); });
}

sbx_status Script::accept(sbx_id exchange) {
  return calling([&] { return http().accept_ws(host_, exchange, &accept_options); });
}

sbx_status Script::send(sbx_id exchange, std::string_view message) {
  return calling([&] { return http().send(host_, exchange, raw(message), 0); });
}

void Script::close(sbx_id exchange, uint32_t code, std::string_view reason) {
  calling([&] { return http().close(host_, exchange, code, raw(reason)), 0; });
}

sbx_status Script::post(sbx_id member, std::string_view message, uint32_t flags) {
  const sbx_str part = raw(message);
  const sbx_frame frame{sizeof frame, flags, &part, nullptr, 1, {}, {}};
  return calling([&] { return fanout().post(host_, member, &frame); });
}

sbx_status Script::join(sbx_id member, std::string_view group) {
  return calling([&] { return fanout().join(host_, member, raw(group)); });
}

size_t Script::publish(std::string_view group, std::string_view message) {
  const sbx_str part = raw(message);
  const sbx_frame frame{sizeof frame, 0, &part, nullptr, 1, {}, {}};
  return calling([&] { return fanout().publish(host_, raw(group), &frame, 0); });
}

// ---- Client

void Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    REQUIRE(sent > 0);
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void Client::end() { ::shutdown(fd_, SHUT_WR); }

void Client::hang_up() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string Client::receive() {
  std::string all;
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      ended_ = got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
      return all;
    }
    all.append(buffer.data(), static_cast<size_t>(got));
  }
}

std::string Client::ask(std::string_view bytes) {
  send(bytes);
  house_.run();
  return receive();
}

bool Client::ended() {
  const std::string rest = receive();
  CHECK(rest == "");
  return ended_;
}

// ---- House

struct House::Threads {
  std::vector<std::thread> running;
};

House::House(unsigned lanes, const net::ListenerOptions &options) : world(clock, metrics, lanes) {
  auto made = net::Listener::make(options, metrics);
  REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.message()));
  world.listeners.emplace(options.name, made.take());
  instances_.resize(lanes);
  for (unsigned i = 0; i < lanes; ++i) {
    lanes_.push_back(std::make_unique<LaneWorld>(i, world));
    scripts_.push_back(std::make_unique<Script>());
    lanes_[i]->lane.add_turn_hook([at = lanes_[i].get()] { at->fanout.flush(); });
  }
}

House::~House() {
  stop_threads();
  for (auto &lane : lanes_) lane->server.abort_all();
  instances_.clear();
}

net::ListenerOptions House::default_options() {
  net::ListenerOptions options;
  options.name = "public";
  options.bind = "127.0.0.1:0";
  return options;
}

void House::start(unsigned lane) {
  next_script = scripts_[lane].get();
  instances_[lane] = std::make_unique<Instance>(world, *lanes_[lane], *this, script_plugin(), "sink");
  REQUIRE(instances_[lane]->create("{}"));
  REQUIRE(instances_[lane]->start() == SBX_OK);
}

std::unique_ptr<Client> House::admit(int client_fd, int server_fd, unsigned lane, const io::PeerAddress &peer) {
  auto client = std::make_unique<Client>(*this, client_fd);
  REQUIRE(listener().admit(peer) == net::Listener::Admission::admitted);
  auto connection = std::make_unique<net::Connection>(listener(), io::Socket(server_fd), peer);
  auto moving = std::make_shared<std::unique_ptr<net::Connection>>(std::move(connection));
  lanes_[lane]->lane.post([at = lanes_[lane].get(), moving] { at->server.adopt(std::move(*moving)); });
  return client;
}

std::unique_ptr<Client> House::connect(unsigned lane, const io::PeerAddress &peer) {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
  return admit(ends[0], ends[1], lane, peer);
}

std::unique_ptr<Client> House::connect_tcp(int &server_fd) {
  const Result<io::Address> any = io::parse_bind("127.0.0.1:0");
  REQUIRE(any.ok());
  const Result<std::vector<int>> listening = io::listen_on(*any, 1);
  REQUIRE(listening.ok());
  const io::Address at = io::local_address(listening->front());
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::connect(fd, at.get(), at.size) == 0);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  server_fd = ::accept4(listening->front(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  REQUIRE(server_fd >= 0);
  ::close(listening->front());
  return admit(fd, server_fd, 0, io::peer_of(at));
}

void House::turn(unsigned lane, const std::function<void()> &first) {
  lanes_[lane]->lane.post(first);
  lanes_[lane]->lane.turn();
}

void House::run() {
  constexpr int kRounds = 12;  // the longest way, a hand-over, takes five
  for (int i = 0; i < kRounds; ++i)
    for (unsigned lane = 0; lane < lanes_.size(); ++lane) turn(lane);
}

bool House::wait(const std::function<bool()> &done) {
  for (int i = 0; i < 500; ++i) {
    run();
    if (done()) return true;
    ::poll(nullptr, 0, 10);
  }
  return false;
}

void House::start_threads() {
  threads_ = std::make_unique<Threads>();
  for (auto &lane : lanes_) threads_->running.emplace_back([at = lane.get()] { at->lane.run(); });
}

void House::stop_threads() {
  if (!threads_) return;
  for (auto &lane : lanes_) lane->lane.stop();
  for (std::thread &thread : threads_->running) thread.join();
  threads_.reset();
}

}  // namespace signalbox::testing
