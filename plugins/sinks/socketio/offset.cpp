#include "plugins/sinks/socketio/offset.hpp"

#include <algorithm>
#include <charconv>

namespace socketio {
namespace {

std::string_view view(const sbx_cursor &cursor) {
  return {cursor.text, std::min<size_t>(cursor.len, sizeof cursor.text)};
}

// A number as we write it: digits alone, without zeros in front.
std::optional<uint64_t> number(std::string_view text) {
  if (text.empty() || (text[0] == '0' && text.size() > 1)) return std::nullopt;
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Place later_of(const Place &known, const Place &shown) {
  return known.epoch == shown.epoch && shown.seq < known.seq ? known : shown;
}

std::string Cursors::text(const Place &place) const {
  sbx_cursor out{};
  log_->cursor(host_.get(), place.epoch, place.seq, &out);
  return std::string(view(out));
}

std::optional<Place> Cursors::parse(std::string_view text) const {
  Place place;
  if (log_->parse(host_.get(), sbx::raw(text), &place.epoch, &place.seq) < 0) return std::nullopt;
  return place;
}

Place Cursors::head() const {
  sbx_cursor out{};
  log_->head(host_.get(), &out);
  return parse(view(out)).value_or(Place{});
}

std::string Cursors::offset_text(const Offset &offset) const {
  std::string out = text(offset.place);
  if (offset.op == 0) return out;
  return out + '.' + std::to_string(offset.op) + '.' + std::to_string(offset.seq);
}

std::optional<Offset> Cursors::parse_offset(std::string_view text) const {
  if (text.size() > SBX_CURSOR_MAX) return std::nullopt;
  const size_t dot = text.find('.');
  const auto place = parse(text.substr(0, dot));
  if (!place) return std::nullopt;
  Offset out{*place};
  if (dot == std::string_view::npos) return out;
  const std::string_view rest = text.substr(dot + 1);
  const size_t second = rest.find('.');
  if (second == std::string_view::npos) return std::nullopt;
  const auto op = number(rest.substr(0, second)), seq = number(rest.substr(second + 1));
  if (!op || *op == 0 || !seq) return std::nullopt;
  out.op = *op;
  out.seq = *seq;
  return out;
}

}  // namespace socketio
