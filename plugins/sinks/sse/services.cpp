#include "plugins/sinks/sse/services.hpp"

#include <array>

namespace sse {
namespace {

constexpr char kUrlSafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr size_t kIdCharacters = 20;  // 120 bits

}  // namespace

sbx_frame one_piece(const sbx_str &piece, std::string_view gap) {
  sbx_frame frame{};
  frame.size = sizeof frame;
  frame.parts = &piece;
  frame.part_count = 1;
  frame.gap = sbx::raw(gap);
  return frame;
}

uint64_t Services::random_below(uint64_t n) const {
  uint64_t v = 0;
  loop->random(host.get(), &v, sizeof v);
  return v % n;
}

std::string Services::head() const {
  sbx_cursor cursor{};
  log->head(host.get(), &cursor);
  return {cursor.text, cursor.len};
}

bool Services::may_connect(sbx_str peer) const {
  return !visitors || visitors->knock(host.get(), peer) != SBX_EREFUSED;
}

void Services::introduce(sbx_id conn, const sbx_request &request, std::string_view token) const {
  if (!visitors) return;
  // What others could know it by.  It is told to nobody: a reader says nothing that could be kept from it.
  std::array<unsigned char, kIdCharacters> chance;
  loop->random(host.get(), chance.data(), chance.size());
  std::string id;
  for (const unsigned char c : chance) id += kUrlSafe[c & 63];
  sbx_visitor visitor{};
  visitor.size = sizeof visitor;
  visitor.flags = request.flags & SBX_REQ_TLS;
  visitor.id = sbx::raw(id);
  visitor.peer = request.peer;
  visitor.token = sbx::raw(token);
  visitor.headers = request.headers;
  visitor.header_count = request.header_count;
  // Whoever brings more than the host keeps is in without it, and refused where it is wanted.
  visitors->enter(host.get(), conn, &visitor);
}

void Services::post_control(sbx_id stream, std::string_view piece) const {
  const sbx_str part = sbx::raw(piece);
  sbx_frame frame = one_piece(part);
  frame.flags = SBX_FRAME_CONTROL;
  fanout->post(host.get(), stream, &frame);
}

}  // namespace sse
