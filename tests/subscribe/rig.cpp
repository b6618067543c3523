#include "tests/subscribe/rig.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <utility>

namespace signalbox::testing {
namespace {

sbx_str raw(std::string_view s) { return {s.data(), s.size()}; }

Ear *next_ear = nullptr;
uint64_t outbox_bytes_max = 0;
uint32_t outbox_policy = 0;

const sbx_plugin &ear_plugin() {
  static const sbx_plugin kTable = [] {
    sbx_plugin t{};
    t.size = sizeof t;
    t.kind = SBX_SINK;
    t.type = "ear";
    t.version = "1";
    t.schema_json = "{}";
    t.create = [](const sbx_host *host, sbx_str) noexcept -> void * {
      next_ear->host = host;
      return next_ear;
    };
    t.destroy = [](void *) noexcept {};
    t.start = [](void *self) noexcept { return static_cast<Ear *>(self)->start(); };
    t.on_event = [](void *self, const sbx_event *event) noexcept {
      static_cast<Ear *>(self)->hear(*event);
      return sbx_status{SBX_OK};
    };
    return t;
  }();
  return kTable;
}

std::string words_for(const sbx_event &event) {
  const std::string channel(text(event.channel));
  if (event.flags & SBX_EVENT_GAP) return "gap " + channel;
  if (event.flags & SBX_EVENT_PRESENCE)
    return "presence " + channel + " " + std::string(text(event.name)) + " " + std::string(text(event.data));
  return "event " + channel + " " + std::to_string(event.seq) + " " + std::string(text(event.data));
}

uint64_t seq_of(sbx_str cursor) {
  const std::optional<Position> at = parse_cursor(text(cursor));
  CHECK(at);
  return at ? at->seq : 0;
}

}  // namespace

std::vector<std::string> words_of(const std::string &line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// ---- Ear

const sbx_log &Ear::log() const { return *static_cast<const sbx_log *>(host->service(host, SBX_LOG)); }
const sbx_fanout &Ear::fanout() const { return *static_cast<const sbx_fanout *>(host->service(host, SBX_FANOUT)); }

template <class F>
auto Ear::calling(F &&f) {
  const bool before = std::exchange(inside_host, true);
  const auto answer = f();
  inside_host = before;
  return answer;
}

sbx_status Ear::start() {
  const sbx_outbox box{sizeof box, outbox_policy, outbox_bytes_max};
  if (fanout().outbox(host, &box) != SBX_OK) return SBX_EINTERNAL;
  sbx_log_events on{};
  on.size = sizeof on;
  on.on_subscribed = [](void *self, sbx_id conn, const sbx_subscribed *s) noexcept {
    auto &ear = *static_cast<Ear *>(self);
    ear.post(conn,
             "subscribed " + std::string(text(s->channel)) + " " + std::to_string(s->status) + " " +
                 std::to_string(s->ref) + " " + std::to_string(s->recovered) + " " + std::to_string(seq_of(s->cursor)) +
                 " " + std::to_string(ear.lane->position) +
                 (s->status == SBX_EREFUSED ? " " + std::to_string(s->code) : "") +
                 (s->members.len > 0 ? " " + std::string(text(s->members)) : ""),
             SBX_FRAME_CONTROL);
  };
  on.on_ended = [](void *self, sbx_id conn, sbx_str channel, uint32_t code) noexcept {
    static_cast<Ear *>(self)->post(conn, "ended " + std::string(text(channel)) + " " + std::to_string(code),
                                   SBX_FRAME_CONTROL);
  };
  on.on_replay = [](void *self, sbx_id conn, const sbx_event *event) noexcept {
    const bool gap = event->flags & SBX_EVENT_GAP;
    static_cast<Ear *>(self)->post(conn, words_for(*event), gap ? uint32_t{SBX_FRAME_CONTROL} : 0u);
  };
  on.on_live = [](void *self, sbx_id conn, uint64_t ref, sbx_str cursor) noexcept {
    static_cast<Ear *>(self)->post(conn, "live " + std::to_string(ref) + " " + std::to_string(seq_of(cursor)),
                                   SBX_FRAME_CONTROL);
  };
  return log().open(host, &on, this);
}

void Ear::post(sbx_id id, const std::string &words, uint32_t flags) {
  CHECK_MESSAGE(!inside_host, "R3: called from inside its own call: ", words);
  const sbx_str part = raw(words);
  const std::string gap = "gap " + words_of(words)[1];
  sbx_frame frame{};
  frame.size = sizeof frame;
  frame.flags = flags;
  frame.parts = &part;
  frame.part_count = 1;
  if (flags == 0) frame.gap = raw(gap);
  calling([&] { return fanout().post(host, id, &frame); });
  if (on_call) on_call(words);
}

void Ear::hear(const sbx_event &event) {
  CHECK_MESSAGE(!inside_host, "R3: on_event from inside a call");
  const std::string words = words_for(event), gap = "gap " + std::string(text(event.channel));
  const sbx_str part = raw(words);
  sbx_frame frame{};
  frame.size = sizeof frame;
  frame.flags = event.flags & SBX_EVENT_GAP ? uint32_t{SBX_FRAME_CONTROL} : 0u;
  frame.parts = &part;
  frame.part_count = 1;
  if (frame.flags == 0) frame.gap = raw(gap);
  calling([&] { return log().publish(host, &event, raw("k"), &frame, 0); });
}

sbx_id Ear::member() {
  static const sbx_member_events kEvents{sizeof kEvents, 0, nullptr, [](void *self, sbx_id id, sbx_status) noexcept {
                                           static_cast<Ear *>(self)->closed.insert(id);
                                         }};
  return calling([&] { return fanout().member(host, &kEvents, this); });
}

void Ear::drop(sbx_id id) {
  calling([&] { return fanout().drop(host, id), 0; });
}

sbx_status Ear::transfer(sbx_id from, sbx_id to) {
  return calling([&] { return fanout().transfer(host, from, to); });
}

sbx_status Ear::subscribe(sbx_id id, uint64_t ref, const std::vector<std::pair<std::string, std::string>> &wants,
                          std::string_view kind) {
  std::vector<sbx_want> channels;
  for (const auto &[channel, since] : wants) channels.push_back({raw(channel), raw(since), {}});
  const sbx_subscribe wanted{sizeof wanted, 0, ref, raw(kind), channels.data(), channels.size()};
  return calling([&] { return log().subscribe(host, id, &wanted); });
}

sbx_status Ear::unsubscribe(sbx_id id, std::string_view channel) {
  return calling([&] { return log().unsubscribe(host, id, raw(channel)); });
}

std::vector<std::string> Ear::take(sbx_id id, size_t bytes_max) {
  std::vector<std::string> frames;
  calling([&] {
    return fanout().take(
        host, id, bytes_max,
        [](void *into, const sbx_frame *frame) noexcept {
          static_cast<std::vector<std::string> *>(into)->emplace_back(text(frame->parts[0]));
        },
        &frames);
  });
  return frames;
}

// ---- Rig

Rig::Rig(const RigOptions &options) : world(clock, metrics, options.lanes), scopes(options.scopes) {
  world.replay = options.replay;
  world.presence = options.desk;
  if (options.rates) world.rate_limits.emplace("ear", std::make_unique<RateLimits>(*options.rates, metrics, "ear"));
  for (unsigned i = 0; i < options.lanes; ++i) inboxes_.push_back(std::make_unique<Inbox>());
  EventLogOptions wanted;
  for (uint32_t i = 0; i < options.scopes; ++i) wanted.scopes.push_back("p" + std::to_string(i));
  wanted.rules = options.rules;
  wanted.path = options.store;
  auto opened = EventLog::open(std::move(wanted), clock, metrics, *this);
  REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.message()));
  log_ = opened.take();
  world.log = log_.get();
  outbox_bytes_max = options.outbox.bytes_max;
  outbox_policy = options.outbox.policy;
  for (unsigned i = 0; i < options.lanes; ++i) {
    lanes_.push_back(std::make_unique<LaneWorld>(i, world));
    lanes_[i]->position = inboxes_[i]->position = log_->position();
    ears_.push_back(std::make_unique<Ear>());
    ears_[i]->lane = lanes_[i].get();
    next_ear = ears_[i].get();
    instances_.push_back(std::make_unique<Instance>(world, *lanes_[i], *this, ear_plugin(), "ear"));
    for (uint32_t scope = 0; scope < options.scopes; ++scope) instances_[i]->add_scope(scope);
    REQUIRE(instances_[i]->create("{}"));
    REQUIRE(instances_[i]->start() == SBX_OK);
    lanes_[i]->lane.add_turn_hook([this, i] { deliver(i); });
    lanes_[i]->lane.add_turn_hook([at = lanes_[i].get()] { at->fanout.flush(); });
  }
}

Rig::~Rig() {
  stop_threads();
  log_.reset();
  instances_.clear();
}

void Rig::start_threads() {
  waking_ = world.running = true;
  for (auto &lane : lanes_) threads_.emplace_back([at = lane.get()] { at->lane.run(); });
}

void Rig::stop_threads() {
  for (auto &lane : lanes_) lane->lane.stop();
  for (std::thread &thread : threads_) thread.join();
  threads_.clear();
}

void Rig::released(std::span<const LogEntry> events, uint64_t position) {
  {
    const std::lock_guard lock(truth_mutex_);
    for (const LogEntry &entry : events)
      truth_[std::string(text(entry.event->view().channel))].push_back(entry.event->view().seq);
  }
  for (size_t i = 0; i < inboxes_.size(); ++i) {
    const std::lock_guard lock(inboxes_[i]->mutex);
    inboxes_[i]->events.insert(inboxes_[i]->events.end(), events.begin(), events.end());
    inboxes_[i]->position = position;
    if (waking_) lanes_[i]->lane.post([] {});
  }
}

void Rig::deliver(unsigned index) {
  Inbox &inbox = *inboxes_[index];
  LaneWorld &at = *lanes_[index];
  for (size_t left = inbox.allowance; left > 0; --left) {
    LogEntry entry;
    {
      const std::lock_guard lock(inbox.mutex);
      if (inbox.events.empty()) {
        at.position = inbox.position;
        return;
      }
      entry = std::move(inbox.events.front());
      inbox.events.pop_front();
    }
    if (entry.event->view().flags & SBX_EVENT_PRESENCE) at.presence.apply(entry.event->view());
    instances_[index]->on_event(entry.event->view());
    instances_[index]->gate(entry.event);
    at.position = entry.event->view().seq;
  }
}

void Rig::publish(const std::string &channel, uint32_t scope, size_t bytes) {
  const std::string data = "\"" + std::string(bytes, 'x') + "\"";
  sbx_event draft{};
  draft.size = sizeof draft;
  draft.channel = raw(channel);
  draft.name = raw("n");
  draft.data = raw(data);
  Result<EventPtr> event = Event::copy(draft, clock.wall_ns());
  std::vector<Emission> emissions(1);
  emissions[0].source = "s";
  emissions[0].events.push_back({event.take(), scope});
  log_->append(emissions);
}

void Rig::change(std::string_view name, const std::string &channel, const PresentMember &member, uint32_t scope) {
  std::vector<Emission> emissions(1);
  emissions[0].source = "desk";
  emissions[0].events.push_back({Event::presence(name, channel, scope, member), scope});
  log_->append(emissions);
}

sbx_status Rig::say(uint32_t scope, EventPtr event, Instance &) {
  said.emplace_back(scope, std::move(event));
  return SBX_OK;
}

void Rig::turn(unsigned index, size_t deliver) {
  inboxes_[index]->allowance = deliver;
  lanes_[index]->lane.post([] {});
  lanes_[index]->lane.turn();
  inboxes_[index]->allowance = SIZE_MAX;
}

void Rig::turn_all() {
  for (unsigned i = 0; i < lanes_.size(); ++i) turn(i);
}

std::vector<uint64_t> Rig::all_of(const std::string &channel) {
  const std::lock_guard lock(truth_mutex_);
  return truth_[channel];
}

std::string Rig::cursor(uint64_t seq, uint64_t epoch_offset) const {
  const auto made = cursor_text({log_->epoch() + epoch_offset, seq});
  return {made.data(), made.size()};
}

}  // namespace signalbox::testing
