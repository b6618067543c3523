#include "plugins/sinks/sse/publisher.hpp"

#include <array>
#include <utility>

#include "plugins/sinks/sse/frame.hpp"
#include "plugins/sinks/sse/poll.hpp"

namespace sse {

namespace {

// Nobody counts on what is not kept for anybody.
sbx_str gap_unless_transient(const sbx_event &event, std::string_view gap) {
  return sbx::raw(event.flags & SBX_EVENT_TRANSIENT ? std::string_view() : gap);
}

}  // namespace

void Publisher::publish(const sbx_event &event, Readers readers) const {
  if (readers.plain + readers.envelope + readers.polls == 0) return;
  if (event.flags & SBX_EVENT_GAP) return publish_gap(event);
  if (!fits(event)) {
    counters_.unfit.add();
    services_.host.log(SBX_WARN,
                       "left out an event: its data is not JSON, or its channel or name holds control characters");
    return;
  }
  if (event.flags & SBX_EVENT_PRESENCE) return publish_presence(event);
  if (readers.plain > 0) publish_stream(event, kPlain, plain_frame(event));
  if (readers.envelope > 0) publish_stream(event, kEnvelope, envelope_frame(event));
  if (readers.polls > 0) publish_poll(event);
}

// Not to polls: their list is told with each answer, and a busy channel would otherwise end all waits for every change.
void Publisher::publish_presence(const sbx_event &event) const {
  const std::string piece = presence_frame(event), gap = gap_frame(sbx::view(event.channel));
  const sbx_str part = sbx::raw(piece);
  for (const std::string_view kind : {kPlain, kEnvelope}) {
    sbx_frame frame{};
    frame.size = sizeof frame;
    frame.parts = &part;
    frame.part_count = 1;
    frame.gap = sbx::raw(gap);  // a list of members must not go wrong in silence
    services_.log->publish(services_.host.get(), &event, sbx::raw(kind), &frame, 0);
  }
}

void Publisher::publish_gap(const sbx_event &event) const {
  const std::string piece = gap_frame(sbx::view(event.channel));
  const std::array<std::pair<std::string_view, std::string_view>, 3> kinds = {
      {{kPlain, piece}, {kEnvelope, piece}, {kPoll, Poll::kGapPiece}}};
  for (const auto &[kind, bytes] : kinds) {
    const sbx_str part = sbx::raw(bytes);
    sbx_frame frame{};
    frame.size = sizeof frame;
    frame.flags = SBX_FRAME_CONTROL;
    frame.parts = &part;
    frame.part_count = 1;
    services_.log->publish(services_.host.get(), &event, sbx::raw(kind), &frame, 0);
  }
}

void Publisher::publish_stream(const sbx_event &event, std::string_view kind, const std::string &piece) const {
  const sbx_str part = sbx::raw(piece);
  const std::string gap = gap_frame(sbx::view(event.channel));
  sbx_frame frame{};
  frame.parts = &part;
  frame.part_count = 1;
  frame.gap = gap_unless_transient(event, gap);
  send(event, kind, frame);
}

void Publisher::publish_poll(const sbx_event &event) const {
  const std::string entry = poll_entry(event);
  const std::array<sbx_str, 2> parts = {sbx::raw(entry), event.cursor};
  sbx_frame frame{};
  frame.parts = parts.data();
  frame.part_count = parts.size();
  frame.gap = gap_unless_transient(event, Poll::kGapPiece);
  send(event, kPoll, frame);
}

void Publisher::send(const sbx_event &event, std::string_view kind, sbx_frame &frame) const {
  std::string key;
  if (policy_ == SBX_OUTBOX_LATEST) {
    key.append(sbx::view(event.channel)).append(1, '\0').append(sbx::view(event.name));
    frame.coalesce_key = sbx::raw(key);
  }
  frame.size = sizeof frame;
  services_.log->publish(services_.host.get(), &event, sbx::raw(kind), &frame, 0);
}

}  // namespace sse
