#include "plugins/sinks/sse/endpoint.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "plugins/sinks/sse/answers.hpp"
#include "plugins/sinks/sse/frame.hpp"
#include "plugins/sinks/sse/query.hpp"

namespace sse {
namespace {

// How many times longer a browser is to wait when none of its channels is open to it.
constexpr int64_t kRefusedRetries = 10;

Endpoint &self_of(void *user) { return *static_cast<Endpoint *>(user); }

// All lines of a header as one list (RFC 9110 section 5.3).
std::string header_list(const sbx_request &request, std::string_view name) {
  std::string out;
  for (size_t i = 0; i < request.header_count; ++i) {
    if (sbx::view(request.headers[i].key) != name) continue;
    if (!out.empty()) out += ',';
    out += sbx::view(request.headers[i].value);
  }
  return out;
}

// A browser that comes back asks with the address it was made with, so that its `since` is old; this is newer.
std::string_view last_event_id(const sbx_request &request) {
  for (size_t i = 0; i < request.header_count; ++i)
    if (sbx::view(request.headers[i].key) == "last-event-id") return sbx::view(request.headers[i].value);
  return {};
}

}  // namespace

Endpoint::Endpoint(Services services, Options options)
    : services_(services),
      options_(std::move(options)),
      counters_(services.host),
      publisher_(services, counters_, options_.outbox.policy),
      shared_(services.host),
      heartbeat_(services, options_.heartbeat_ns),
      deadlines_(services, [this](sbx_id id) { on_deadline(id); }) {}

// ---- what the host calls -----------------------------------------------------------------------------------------

sbx_http_events Endpoint::http_events() {
  sbx_http_events on{};
  on.size = sizeof on;
  on.on_request = [](void *user, sbx_id id, const sbx_request *request) noexcept {
    self_of(user).enter([&] { self_of(user).on_request(id, *request); });
  };
  on.on_close = [](void *user, sbx_id id, sbx_status why, uint32_t) noexcept {
    self_of(user).enter([&] { self_of(user).on_close(id, why); });
  };
  return on;
}

sbx_log_events Endpoint::log_events() {
  sbx_log_events on{};
  on.size = sizeof on;
  on.on_subscribed = [](void *user, sbx_id conn, const sbx_subscribed *s) noexcept {
    const auto say = [s](auto &client) { client.on_subscribed(*s); };
    self_of(user).enter([&] { self_of(user).tell(conn, say, say); });
  };
  on.on_replay = [](void *user, sbx_id conn, const sbx_event *event) noexcept {
    const auto say = [event](auto &client) { client.on_replay(*event); };
    self_of(user).enter([&] { self_of(user).tell(conn, say, say); });
  };
  on.on_live = [](void *user, sbx_id conn, uint64_t, sbx_str cursor) noexcept {
    const auto say = [cursor](auto &client) { client.on_live(sbx::view(cursor)); };
    self_of(user).enter([&] { self_of(user).tell(conn, say, say); });
  };
  on.on_ended = [](void *user, sbx_id conn, sbx_str channel, uint32_t code) noexcept {
    self_of(user).enter([&] {
      const auto say = [&](auto &client) { client.on_ended(refusal_of_end(sbx::view(channel), code)); };
      self_of(user).tell(conn, say, say);
    });
  };
  return on;
}

sbx_member_events Endpoint::member_events() {
  sbx_member_events on{};
  on.size = sizeof on;
  on.on_ready = [](void *user, sbx_id member) noexcept {
    self_of(user).enter([&] {
      self_of(user).tell(
          member, [](Stream &) {}, [](Poll &poll) { poll.on_ready(); });
    });
  };
  on.on_close = [](void *user, sbx_id member, sbx_status) noexcept {
    self_of(user).enter([&] {
      self_of(user).tell(
          member, [](Stream &) {}, [](Poll &poll) { poll.on_overflow(); });
    });
  };
  return on;
}

sbx_status Endpoint::start() {
  const sbx_host *host = services_.host.get();
  if (const sbx_status outbox = services_.fanout->outbox(host, &options_.outbox); outbox < 0) return outbox;
  const sbx_log_events log = log_events();
  if (const sbx_status opened = services_.log->open(host, &log, this); opened < 0) return opened;
  sbx_mount mount{};
  mount.size = sizeof mount;
  mount.listener = sbx::raw(options_.listener);
  mount.path = sbx::raw(options_.path);
  mount.unacked_ns = options_.dead_after_ns;
  const sbx_http_events http = http_events();
  return services_.http->mount(host, &mount, &http, this);
}

// ---- requests ----------------------------------------------------------------------------------------------------

void Endpoint::on_request(sbx_id id, const sbx_request &request) {
  ++exchanges_;
  const Form form = choose_form(header_list(request, "accept"));
  std::string_view below = sbx::view(request.path);
  below.remove_prefix(std::min(options_.path.size(), below.size()));
  const std::string_view method = sbx::view(request.method);
  if (!below.empty() && below != "/") {
    refuse(id, Refusal::kPath, 404, form, "there is nothing at this path; events are at " + options_.path);
  } else if (stopping_) {
    counters_.count(Refusal::kStopping);
    refuse_stopping(services_, id, form);
  } else if (method != "GET" && method != "HEAD") {
    counters_.count(Refusal::kMethod);
    refuse_method(services_, id, form);
  } else if (request.flags & SBX_REQ_WS) {
    refuse(id, Refusal::kWebSocket, 400, form, "this path has server-sent events; open it with an EventSource");
  } else if (form == Form::kNeither) {
    refuse(id, Refusal::kAccept, 406, form, "ask for text/event-stream or application/json in Accept");
  } else {
    on_read(id, request, form);
  }
}

void Endpoint::on_read(sbx_id id, const sbx_request &request, Form form) {
  if (!services_.may_connect(request.peer)) {
    counters_.count(Refusal::kRateLimited);
    return refuse_rate(services_, id, form);
  }
  ParsedQuery parsed = parse_query(sbx::view(request.query), options_.channels_max);
  if (!parsed.problem.empty()) return refuse(id, Refusal::kQuery, 400, form, parsed.problem);
  if (sbx::view(request.method) == "HEAD") return answer_head(services_, id, form);
  if (const std::string_view last = last_event_id(request); !last.empty()) go_on_from(parsed.query, last);
  if (form == Form::kStream)
    open_stream(id, request, parsed.query);
  else
    open_poll(id, request, parsed.query);
}

// Of a client with a cursor for each channel the later one counts: its stream may have been cut in a replay that had
// not come to the place yet where it is in the others.
void Endpoint::go_on_from(Query &query, std::string_view last) const {
  query.since = last;
  uint64_t epoch = 0, seq = 0, own_epoch = 0, own_seq = 0;
  const bool known = services_.log->parse(services_.host.get(), sbx::raw(last), &epoch, &seq) == SBX_OK;
  for (std::string &own : query.sinces) {
    const bool ahead = known &&
                       services_.log->parse(services_.host.get(), sbx::raw(own), &own_epoch, &own_seq) == SBX_OK &&
                       own_epoch == epoch && own_seq > seq;
    if (!ahead) own = last;
  }
}

void Endpoint::refuse(sbx_id id, Refusal why, uint32_t status, Form form, std::string_view sentence) {
  counters_.count(why);
  sse::refuse(services_, id, status, form, sentence);
}

void Endpoint::open_stream(sbx_id id, const sbx_request &request, const Query &query) {
  if (sse::open_stream(services_, id, retry_frame(retry_ms())) < 0) return;
  Stream &stream = streams_.try_emplace(id, services_, shared_, id, query.envelope).first->second;
  envelopes_ += query.envelope ? 1 : 0;
  counters_.opened.add();
  counters_.streams.add();
  heartbeat_.add(id);
  if (options_.max_age_ns > 0) {
    // Streams that were opened together, as after a restart, do not end together.
    const int64_t spread = options_.max_age_ns / 10;
    stream.due_ns = services_.now_ns() + options_.max_age_ns - spread +
                    static_cast<int64_t>(services_.random_below(static_cast<uint64_t>(2 * spread + 1)));
    deadlines_.set(id, stream.due_ns);
  }
  services_.introduce(id, request, query.token);
  const sbx_status asked = stream.subscribe(query);
  if (asked == SBX_OK || asked == SBX_ESTALE) return;
  services_.host.log(SBX_WARN, "could not subscribe a client to its " + std::to_string(query.channels.size()) +
                                   " channels; a lower channels_max refuses such requests with an answer");
  stream.end(StreamEnd::kRefused, retry_ms());
}

void Endpoint::open_poll(sbx_id id, const sbx_request &request, const Query &query) {
  auto made = std::make_unique<Poll>(services_, id, options_.poll_events_max, query.channels.size());
  const sbx_status asked = made->subscribe(query, request, member_events(), this);
  if (asked < 0) {
    const bool many = asked == SBX_ETOOBIG;
    return refuse(id, Refusal::kQuery, many ? 400 : 503, Form::kJson,
                  many ? "these are too many channels for one request" : "these channels cannot be read now");
  }
  Poll &poll = *polls_.emplace(id, std::move(made)).first->second;
  polls_by_member_.emplace(poll.member(), &poll);
  counters_.polls_open.add();
  if (query.wait_s == 0) return;
  poll.due_ns = services_.now_ns() + std::min(query.wait_s * sbx::kSecondNs, options_.wait_max_ns);
  deadlines_.set(id, poll.due_ns);
}

void Endpoint::on_close(sbx_id id, sbx_status why) {
  if (const auto stream = streams_.find(id); stream != streams_.end()) {
    counters_.count(stream->second.ended(why));
    counters_.streams.add(-1);
    envelopes_ -= stream->second.envelope() ? 1 : 0;
    deadlines_.cancel(id, stream->second.due_ns);
    streams_.erase(stream);
    if (streams_.empty()) heartbeat_.stop();
  }
  if (const auto poll = polls_.find(id); poll != polls_.end()) forget(*poll->second, PollEnd::kClient);
  --exchanges_;
  finish_stop();
}

void Endpoint::on_deadline(sbx_id id) {
  if (Stream *stream = find_stream(id)) return stream->end(StreamEnd::kMaxAge, retry_ms());
  const auto poll = polls_.find(id);
  if (poll == polls_.end()) return;
  poll->second->on_deadline();
  finish_if_complete(*poll->second);
}

// ---- polls -------------------------------------------------------------------------------------------------------

Stream *Endpoint::find_stream(sbx_id conn) {
  const auto found = streams_.find(conn);
  return found == streams_.end() ? nullptr : &found->second;
}

Poll *Endpoint::find_poll(sbx_id member) {
  const auto found = polls_by_member_.find(member);
  return found == polls_by_member_.end() ? nullptr : found->second;
}

// The browser comes back by itself, and may be refused again: less often than others.
void Endpoint::finish_if_abandoned(Stream &stream) {
  if (stream.abandoned()) stream.end(StreamEnd::kRefused, kRefusedRetries * retry_ms());
}

void Endpoint::finish_if_complete(Poll &poll) {
  if (!poll.complete()) return;
  polls_by_member_.erase(poll.member());
  forget(poll, poll.answer());
}

void Endpoint::forget(Poll &poll, PollEnd why) {
  counters_.count(why);
  counters_.polls_open.add(-1);
  deadlines_.cancel(poll.request(), poll.due_ns);
  polls_by_member_.erase(poll.member());
  polls_.erase(poll.request());
}

// ---- events and the end ------------------------------------------------------------------------------------------

void Endpoint::on_event(const sbx_event &event) {
  publisher_.publish(event, {streams_.size() - envelopes_, envelopes_, polls_.size()});
}

int64_t Endpoint::retry_ms() const {
  const int64_t base = std::max<int64_t>(options_.retry_ns / sbx::kMillisecondNs, 1);
  return base + static_cast<int64_t>(services_.random_below(static_cast<uint64_t>(base / 2 + 1)));
}

void Endpoint::stop(std::function<void()> done) {
  stopping_ = true;
  stop_done_ = std::move(done);
  for (auto &[id, stream] : streams_) stream.end(StreamEnd::kStopping, retry_ms());
  std::vector<Poll *> all;
  for (const auto &[id, poll] : polls_) all.push_back(poll.get());
  for (Poll *poll : all) {
    polls_by_member_.erase(poll->member());
    forget(*poll, poll->answer_stopping());
  }
  finish_stop();
}

void Endpoint::finish_stop() {
  if (stop_done_ && exchanges_ == 0) std::exchange(stop_done_, nullptr)();
}

}  // namespace sse
