// The part of a judgement that comes after everything was found to be in order: what the events are.
#include <algorithm>
#include <sbx/json_text.hpp>

#include "plugins/sources/webhook/judgement.hpp"

namespace webhook {
namespace {

constexpr size_t kEventsMax = 256;
// The host's own limits for a channel, an event's name and its id.
constexpr size_t kNameMax = 1024;
constexpr size_t kIdMax = 200;

bool plain_text(std::string_view text) {
  return sbx::json::valid_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
         });
}

}  // namespace

Judgement::Finding Judgement::events(Verdict &verdict) {
  if (nothing_happened_) return std::nullopt;
  std::vector<std::string_view> parts = parts_;
  if (!preset_.split_events.empty()) {
    const JsonBody *json = inputs_.json();
    const auto elements = json ? json->elements(preset_.split_events, kEventsMax) : std::nullopt;
    if (!elements) return Fault{Stage::kStructure, "its body is not JSON with a list of events"};
    parts = *elements;
    if (parts.empty()) return std::nullopt;  // how some providers try out the address
  }
  if (parts.empty()) {
    if (Finding fault = event(verdict.events)) return fault;
  }
  for (const std::string_view part : parts) {
    inputs_.narrow(part);
    if (Finding fault = event(verdict.events)) return fault;
  }
  inputs_.narrow({});
  for (const Source &source : preset_.once) {
    const Value value = inputs_.value(source);
    verdict.once += std::to_string(value.text.size()) + ":" + value.text;
  }
  return std::nullopt;
}

Judgement::Finding Judgement::event(std::vector<CallbackEvent> &to) {
  EventValues values(inputs_, content_type_);
  if (!values.readable()) return Fault{Stage::kStructure, "its body is not what its Content-Type says"};
  CallbackEvent event;
  if (hint_only_) {  // there is no document yet that a type could stand in
    event.id = event_id_;
    event.dedupe_key = dedupe_key(event, to.size());
    to.push_back(std::move(event));
    return std::nullopt;
  }
  bool malformed = false;
  if (preset_.event.id_join.empty()) {
    event.id = first_of(preset_.event.id, malformed);
  } else {
    bool any = false;
    for (const Source &source : preset_.event.id) {
      const std::string part = first_of({source}, malformed);
      any = any || !part.empty();
      event.id += (&source == preset_.event.id.data() ? "" : preset_.event.id_join) + part;
    }
    if (!any) event.id.clear();
  }
  if (!event_id_.empty()) event.id = event_id_;
  event.type = first_of(preset_.event.type, malformed);
  event.order = first_of(preset_.event.order, malformed);
  const std::string &strip = preset_.event.order_strip_prefix;
  if (!strip.empty() && event.order.starts_with(strip)) event.order.erase(0, strip.size());
  if (malformed || !plain_text(event.id) || !plain_text(event.type) || event.id.size() > kIdMax ||
      event.type.size() > kNameMax)
    return Fault{Stage::kStructure, "what names the event cannot be read"};
  values.id = event.id;
  values.type = event.type;
  values.order = event.order;
  event.dedupe_key = dedupe_key(event, to.size());
  if (Finding fault = render(values, event)) return fault;
  to.push_back(std::move(event));
  return std::nullopt;
}

std::string Judgement::first_of(const std::vector<Source> &sources, bool &malformed) {
  for (const Source &source : sources) {
    Value value = inputs_.value(source);
    malformed = malformed || value.state == Value::State::kMalformed;
    if (value.there() && !value.text.empty()) return std::move(value.text);
  }
  return {};
}

// An id that is not signed says nothing: whoever captured a request could send it again under another one.  There, and
// where there is no id, the content is what counts.  (A provider's own repetition has the same content.)
std::string Judgement::dedupe_key(const CallbackEvent &event, size_t index) {
  // Of PayPal's body only a CRC is signed: whoever has seen one transmission can make another event of it.  Its own id
  // cannot be changed; once PayPal has confirmed the whole of it, the event's can be trusted, too.
  if (preset_.scheme == Scheme::kPaypal && !preset_.confirm) return "transmission:" + paypal_.id;
  if (!dedupe_id_.empty()) return "id:" + dedupe_id_;
  if (preset_.id_signed && !event.id.empty()) return "id:" + event.id;
  std::string_view content = request_.body;
  if (!inputs_.plain().empty()) content = inputs_.plain();
  const std::string digest = hex_of(digest_of(Hash::kSha256, content));
  return "sha256:" + digest + ":" + std::to_string(index);
}

Judgement::Finding Judgement::render(const EventValues &values, CallbackEvent &event) {
  const EventTemplates &templates = verifier_.templates_;
  if (templates.channel.empty()) return std::nullopt;  // nobody wants more than the verdict
  std::optional<std::string> channel;
  for (const EventTemplate &one : templates.channel)
    if ((channel = one.filled(values))) break;
  if (!channel) return Fault{Stage::kTemplate, "a part of the channel's template is empty in it"};
  auto name =
      templates.name ? templates.name->filled(values) : std::optional(event.type.empty() ? preset_.name : event.type);
  if (!name) return Fault{Stage::kTemplate, "a part of the event's template is empty in it"};
  event.channel = *std::move(channel);
  event.name = *std::move(name);
  for (const std::string *text : {&event.channel, &event.name})
    if (text->empty() || text->size() > kNameMax || !plain_text(*text))
      return Fault{Stage::kTemplate,
                   "the channel or the event's name would be longer than 1024 bytes or not plain text"};
  event.data = templates.data ? templates.data->filled(values) : values.document();
  return std::nullopt;
}

}  // namespace webhook
