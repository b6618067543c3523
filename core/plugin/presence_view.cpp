#include "core/plugin/presence_view.hpp"

namespace signalbox {
namespace {

std::string_view principal_of(const sbx_event &change) {
  for (size_t i = 0; i < change.attr_count; ++i)
    if (text(change.attrs[i].key) == "principal") return text(change.attrs[i].value);
  return {};
}

}  // namespace

void PresenceView::apply(const sbx_event &change) {
  const std::string_view name = text(change.name), principal = principal_of(change);
  if (principal.empty()) return;
  Channels &channels = scopes_[change.scope];
  if (name == "joining") {
    Members &members = channels[std::string(text(change.channel))];
    members.erase(principal);  // a key lies in the event that it came with
    Event &event = Event::of(&change);
    event.retain();
    members.emplace(principal, EventPtr::adopt(&event));
  } else if (name == "leaving") {
    const auto found = channels.find(text(change.channel));
    if (found == channels.end()) return;
    found->second.erase(principal);
    if (found->second.empty()) channels.erase(found);
  }
}

const PresenceView::Members *PresenceView::find(uint32_t scope, std::string_view channel) const {
  const auto channels = scopes_.find(scope);
  if (channels == scopes_.end()) return nullptr;
  const auto members = channels->second.find(channel);
  return members == channels->second.end() ? nullptr : &members->second;
}

std::string PresenceView::members(uint32_t scope, std::string_view channel, const PresentMember *self) const {
  std::string out = "[";
  const auto add = [&out](std::string_view json) {
    if (out.size() > 1) out += ',';
    out += json;
  };
  bool met = self == nullptr;
  if (const Members *all = find(scope, channel))
    for (const auto &[principal, joined] : *all) {
      if (!met && principal >= self->principal) {
        if (principal != self->principal) add(self->json);
        met = true;
      }
      add(text(joined->view().data));
    }
  if (!met) add(self->json);
  return out += ']';
}

size_t PresenceView::users(uint32_t scope, std::string_view channel) const {
  const Members *all = find(scope, channel);
  return all ? all->size() : 0;
}

}  // namespace signalbox
