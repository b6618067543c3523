#include "plugins/sinks/sse/services.hpp"

namespace sse {
namespace {

sbx_frame one_piece(const sbx_str &piece) {
  sbx_frame frame{};
  frame.size = sizeof frame;
  frame.parts = &piece;
  frame.part_count = 1;
  return frame;
}

}  // namespace

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

void Services::post(sbx_id stream, std::string_view piece, std::string_view gap) const {
  const sbx_str part = sbx::raw(piece);
  sbx_frame frame = one_piece(part);
  frame.gap = sbx::raw(gap);
  fanout->post(host.get(), stream, &frame);
}

void Services::post_control(sbx_id stream, std::string_view piece) const {
  const sbx_str part = sbx::raw(piece);
  sbx_frame frame = one_piece(part);
  frame.flags = SBX_FRAME_CONTROL;
  fanout->post(host.get(), stream, &frame);
}

}  // namespace sse
