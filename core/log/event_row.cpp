#include "core/log/event_row.hpp"

#include <vector>

#include "core/base/limits.hpp"

namespace signalbox {
namespace {

void put(std::string &out, sbx_str part) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(part.len >> shift & 0xff);
  out.append(part.ptr ? part.ptr : "", part.len);
}

bool take(std::string_view &from, sbx_str &part) {
  if (from.size() < 4) return false;
  size_t size = 0;
  for (size_t i = 0; i < 4; ++i) size |= static_cast<size_t>(static_cast<unsigned char>(from[i])) << 8 * i;
  from.remove_prefix(4);
  if (size > from.size()) return false;
  part = {from.data(), size};
  from.remove_prefix(size);
  return true;
}

sbx_str str(std::string_view s) { return {s.data(), s.size()}; }

}  // namespace

std::string attrs_bytes(const sbx_event &event) {
  std::string out;
  for (size_t i = 0; i < event.attr_count; ++i) {
    put(out, event.attrs[i].key);
    put(out, event.attrs[i].value);
  }
  return out;
}

std::optional<EventPtr> event_of_row(const Statement &row, std::string_view channel, uint64_t epoch, uint32_t scope) {
  std::vector<sbx_attr> attrs;
  std::string_view packed = row.bytes(7);
  while (!packed.empty() && attrs.size() < limits::kEventAttrsMax) {
    sbx_attr attr{};
    if (!take(packed, attr.key) || !take(packed, attr.value)) return std::nullopt;
    attrs.push_back(attr);
  }
  if (!packed.empty()) return std::nullopt;
  sbx_event draft{};
  draft.size = sizeof draft;
  draft.flags = static_cast<uint32_t>(row.integer(2));
  draft.channel = str(channel);
  draft.name = str(row.bytes(3));
  draft.data = str(row.bytes(4));
  draft.id = str(row.bytes(5));
  draft.except = str(row.bytes(6));
  draft.attrs = attrs.data();
  draft.attr_count = attrs.size();
  Result<EventPtr> event = Event::copy(draft, row.integer(1));
  if (!event.ok()) return std::nullopt;
  return Event::placed(event.take(), {epoch, static_cast<uint64_t>(row.integer(0))}, scope);
}

}  // namespace signalbox
