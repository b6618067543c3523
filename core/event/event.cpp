#include "core/event/event.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"

namespace signalbox {
namespace {

// Eight bytes at a time: is this a printable ASCII character each?  That most names are throughout.
bool printable_ascii(const char *eight) {
  constexpr uint64_t kOnes = 0x0101010101010101u, kHighs = 0x8080808080808080u;
  uint64_t v;
  std::memcpy(&v, eight, sizeof v);
  return ((v | (v - kOnes * 0x20) | (v + kOnes)) & kHighs) == 0;
}

bool plain(sbx_str s) {
  while (s.len >= sizeof(uint64_t) && printable_ascii(s.ptr)) {
    s.ptr += sizeof(uint64_t);
    s.len -= sizeof(uint64_t);
  }
  for (size_t i = 0; i < s.len; ++i)
    if (static_cast<unsigned char>(s.ptr[i]) < 0x20 || s.ptr[i] == 0x7f) return false;
  return valid_utf8(text(s));
}

Status judge(const sbx_event &e) {
  if (e.channel.len == 0) return Status::error("an event without a channel");
  if (e.channel.len > limits::kChannelMax) return Status::error("a channel name over the limit");
  if (e.name.len > limits::kEventNameMax) return Status::error("an event name over the limit");
  if (e.id.len > limits::kEventIdMax || e.except.len > limits::kEventIdMax)
    return Status::error("an event id over the limit");
  if (e.data.len > limits::kEventDataMax) return Status::error("event data over the limit");
  if (e.attr_count > limits::kEventAttrsMax) return Status::error("too many attributes on an event");
  size_t attr_bytes = 0;
  for (size_t i = 0; i < e.attr_count; ++i) {
    if (e.attrs[i].key.len > limits::kEventAttrBytesMax || e.attrs[i].value.len > limits::kEventAttrBytesMax)
      return Status::error("an attribute of an event over the limit");
    attr_bytes += e.attrs[i].key.len + e.attrs[i].value.len;
  }
  if (attr_bytes > limits::kEventAttrBytesMax) return Status::error("attributes of an event over the limit");
  if (!plain(e.channel) || !plain(e.name) || !plain(e.id) || !plain(e.except))
    return Status::error("control characters or broken UTF-8 in an event's channel, name or id");
  return {};
}

// Copies `from` to `at`, moves `at` behind it and returns where the copy lies.
sbx_str store(char *&at, sbx_str from) {
  if (from.len == 0) return {at, 0};
  std::memcpy(at, from.ptr, from.len);
  const sbx_str copy{at, from.len};
  at += from.len;
  return copy;
}

}  // namespace

Event *Event::make(const sbx_event &from) {
  size_t size = sizeof(Event) + from.attr_count * sizeof(sbx_attr) + from.channel.len + from.name.len + from.data.len +
                from.id.len + from.except.len;
  for (size_t i = 0; i < from.attr_count; ++i) size += from.attrs[i].key.len + from.attrs[i].value.len;
  void *memory = std::malloc(size);
  if (!memory) throw std::bad_alloc();
  auto *event = new (memory) Event;
  event->bytes_ = size;
  sbx_event &view = event->view_;
  view = from;
  view.size = sizeof view;
  char *at = static_cast<char *>(memory) + sizeof(Event);
  auto *attrs = reinterpret_cast<sbx_attr *>(at);
  at += from.attr_count * sizeof(sbx_attr);
  view.attrs = from.attr_count ? attrs : nullptr;
  for (size_t i = 0; i < from.attr_count; ++i) {
    const sbx_str key = store(at, from.attrs[i].key);
    attrs[i] = {key, store(at, from.attrs[i].value)};
  }
  view.channel = store(at, from.channel);
  view.name = store(at, from.name);
  view.data = store(at, from.data);
  view.id = store(at, from.id);
  view.except = store(at, from.except);
  view.cursor = {};
  return event;
}

Result<EventPtr> Event::copy(const sbx_event &draft, int64_t wall_ns) {
  sbx_event whole{};  // an older plugin's draft is shorter than ours
  std::memcpy(&whole, &draft, draft.size < sizeof whole ? draft.size : sizeof whole);
  if (Status s = judge(whole); !s.ok()) return s;
  whole.flags &= SBX_EVENT_BINARY | SBX_EVENT_TRANSIENT;
  whole.epoch = whole.seq = 0;
  whole.scope = whole.reserved = 0;
  whole.wall_ns = wall_ns;
  return EventPtr::adopt(make(whole));
}

bool Event::is_channel(std::string_view name) {
  return !name.empty() && name.size() <= limits::kChannelMax && plain({name.data(), name.size()});
}

Event &Event::of(const sbx_event *view) {
  auto *bytes = reinterpret_cast<char *>(const_cast<sbx_event *>(view));
  return *reinterpret_cast<Event *>(bytes - offsetof(Event, view_));
}

EventPtr Event::placed(EventPtr event, Position position, uint32_t scope) {
  if (event->refs_.load(std::memory_order_acquire) != 1 || event->view_.seq != 0)
    event = EventPtr::adopt(make(event->view_));
  event->view_.epoch = position.epoch;
  event->view_.seq = position.seq;
  event->view_.scope = scope;
  const auto text = cursor_text(position);
  std::memcpy(event->cursor_, text.data(), text.size());
  event->view_.cursor = {event->cursor_, text.size()};
  return event;
}

EventPtr Event::gap(std::string_view channel, uint32_t scope) {
  sbx_event from{};
  from.flags = SBX_EVENT_GAP;
  from.channel = {channel.data(), channel.size()};
  from.scope = scope;
  return EventPtr::adopt(make(from));
}

EventPtr Event::presence(std::string_view name, std::string_view channel, uint32_t scope, const PresentMember &member) {
  constexpr std::string_view kPrincipal = "principal";
  const auto raw = [](std::string_view bytes) { return sbx_str{bytes.data(), bytes.size()}; };
  const sbx_attr principal{raw(kPrincipal), raw(member.principal)};
  sbx_event from{};
  from.flags = SBX_EVENT_PRESENCE | SBX_EVENT_TRANSIENT;
  from.channel = raw(channel);
  from.name = raw(name);
  from.data = raw(member.json);
  from.scope = scope;
  from.attrs = &principal;
  from.attr_count = member.principal.empty() ? 0 : 1;
  return EventPtr::adopt(make(from));
}

void Event::release() const {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  auto *self = const_cast<Event *>(this);
  self->~Event();
  std::free(self);
}

}  // namespace signalbox
