#include "tests/conformance/pacing.hpp"

namespace conformance {

Pacing::Pacing(const socketio::Services &real) : real_(real), fanout_(*real.fanout), http_(*real.http), paced_(real) {
  fanout_.post = post;
  fanout_.member = member;
  fanout_.drop = drop;
  http_.close = close;
  paced_.fanout = &fanout_;
  paced_.http = &http_;
  by_host_[real_.host.get()] = this;
}

Pacing::~Pacing() { by_host_.erase(real_.host.get()); }

Pacing &Pacing::of(const sbx_host *host) { return *by_host_.at(host); }

sbx_id Pacing::member(const sbx_host *host, const sbx_member_events *events, void *user) noexcept {
  Pacing &self = of(host);
  const sbx_id made = self.real_.fanout->member(host, events, user);
  self.virtual_.insert(made);
  return made;
}

void Pacing::drop(const sbx_host *host, sbx_id id) noexcept {
  Pacing &self = of(host);
  self.virtual_.erase(id);
  self.real_.fanout->drop(host, id);
}

sbx_status Pacing::post(const sbx_host *host, sbx_id conn, const sbx_frame *frame) noexcept {
  Pacing &self = of(host);
  // The answer to a probe goes at once: the suites upgrade without waiting for it and ask right behind it.
  const bool probe = frame->part_count == 1 && sbx::view(frame->parts[0]) == "3probe";
  if (probe || self.virtual_.contains(conn)) return self.real_.fanout->post(host, conn, frame);
  Waiting waiting{{}, frame->flags};
  for (size_t i = 0; i < frame->part_count; ++i)
    waiting.parts.emplace_back(sbx::view(frame->parts[i]), frame->binary ? frame->binary[i] : uint8_t{0});
  Connection &connection = self.connections_[conn];
  connection.frames.push_back(std::move(waiting));
  if (!connection.timer) connection.timer = self.real_.loop->timer(host, kPauseNs, kPauseNs, on_timer, &self);
  return SBX_OK;
}

void Pacing::on_timer(void *user, sbx_id timer) noexcept {
  Pacing &self = *static_cast<Pacing *>(user);
  for (auto &[conn, connection] : self.connections_) {
    if (connection.timer != timer) continue;
    if (connection.frames.empty()) return self.forget(conn);
    return self.send_one(conn);
  }
}

void Pacing::send_one(sbx_id conn) {
  const Waiting waiting = std::move(connections_[conn].frames.front());
  connections_[conn].frames.pop_front();
  std::vector<sbx_str> parts;
  std::vector<uint8_t> binary;
  for (const auto &[bytes, flag] : waiting.parts) {
    parts.push_back(sbx::raw(bytes));
    binary.push_back(flag);
  }
  sbx_frame frame{};
  frame.size = sizeof frame;
  frame.flags = waiting.flags;
  frame.parts = parts.data();
  frame.binary = binary.data();
  frame.part_count = parts.size();
  real_.fanout->post(real_.host.get(), conn, &frame);
}

void Pacing::forget(sbx_id conn) {
  auto it = connections_.find(conn);
  if (it == connections_.end()) return;
  real_.loop->cancel(real_.host.get(), it->second.timer);
  connections_.erase(it);
}

void Pacing::close(const sbx_host *host, sbx_id conn, uint32_t code, sbx_str reason) noexcept {
  Pacing &self = of(host);
  while (self.connections_.contains(conn) && !self.connections_[conn].frames.empty()) self.send_one(conn);
  self.forget(conn);
  self.real_.http->close(host, conn, code, reason);
}

}  // namespace conformance
