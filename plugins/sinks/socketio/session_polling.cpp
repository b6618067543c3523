// How a session's packets travel in HTTP bodies: polls that wait for what there is, and posts.
#include <algorithm>
#include <utility>

#include "plugins/sinks/socketio/engine.hpp"
#include "plugins/sinks/socketio/engine_payload3.hpp"
#include "plugins/sinks/socketio/engine_payload4.hpp"
#include "plugins/sinks/socketio/jsonp.hpp"
#include "plugins/sinks/socketio/session.hpp"
#include "plugins/sinks/socketio/text.hpp"

namespace socketio {
namespace {

// What one poll carries away; a client with more to get polls again.
constexpr size_t kPollBytesMax = 1u << 20;
// Pings in one payload: a client sends one in an interval.
constexpr int kPingsPerPayloadMax = 16;

}  // namespace

void Session::on_poll(sbx_id request, const PollForm &form) {
  poll_ = request;
  poll_form_ = std::make_unique<PollForm>(form);
  flush();
  if (poll_ && probed_) answer_poll({&kNoop, 1});  // the client waits for its last poll before it upgrades
}

void Session::on_post_begin(sbx_id request) { post_ = request; }

Parts Session::take_waiting() {
  const Services &s = engine_.services();
  Parts parts;
  s.fanout->take(
      s.host.get(), member_, kPollBytesMax,
      [](void *user, const sbx_frame *frame) noexcept {
        auto &out = *static_cast<Parts *>(user);
        for (size_t i = 0; i < frame->part_count; ++i)
          out.push_back({frame->binary && frame->binary[i], std::string(sbx::view(frame->parts[i]))});
      },
      &parts);
  return parts;
}

void Session::flush() {
  if (!poll_) return;
  const Parts parts = take_waiting();
  if (!parts.empty()) answer_poll(parts);
}

void Session::answer_poll(const Parts &parts) {
  const bool any_binary = std::any_of(parts.begin(), parts.end(), [](const Part &p) { return p.binary; });
  const Services &s = engine_.services();
  const sbx_id poll = std::exchange(poll_, 0);
  const std::unique_ptr<PollForm> form = std::move(poll_form_);
  engine_.answered(poll);
  if (version_ == 3 && any_binary && !base64_ && !form->jsonp) {
    s.respond(poll, 200, "application/octet-stream", encode_payload3_binary(parts));
    return;
  }
  const std::string payload = version_ == 4 ? encode_payload4(parts) : encode_payload3_text(parts);
  if (form->jsonp)
    s.respond(poll, 200, "text/javascript; charset=UTF-8", jsonp_script(*form->jsonp, payload));
  else
    s.respond(poll, 200, "text/plain; charset=UTF-8", payload);
}

bool Session::on_post(std::string_view body, bool binary, bool jsonp) {
  int pings = 0;
  auto visit = [&](const EnginePacket &packet) {
    if (packet.type == kPing && ++pings > kPingsPerPayloadMax) {
      close(CloseReason::kParse);
      return false;
    }
    return dispatch(packet);
  };
  bool fine = false;
  if (binary) {
    fine = version_ == 3 && decode_payload3_binary(body, visit);
  } else {
    const auto form = jsonp ? jsonp_payload(body) : std::nullopt;
    const std::string_view text = form ? std::string_view(*form) : body;
    fine = jsonp == form.has_value() && valid_utf8(text) &&
           (version_ == 4 ? decode_payload4(text, visit) : decode_payload3_text(text, visit));
  }
  if (!fine) close(CloseReason::kParse);
  return fine;
}

}  // namespace socketio
