// Revision 3 payloads in both forms: whatever is read can be written in either, and reads back the same.
#include <cstdint>
#include <cstdlib>

#include "plugins/sinks/socketio/engine_payload3.hpp"
#include "plugins/sinks/socketio/jsonp.hpp"
#include "plugins/sinks/socketio/text.hpp"

using namespace socketio;

namespace {

using Decoder = bool (*)(std::string_view, const PacketVisitor &);
bool read(Decoder decode, std::string_view payload, Parts &parts) {
  return decode(payload, [&](const EnginePacket &p) {
    parts.push_back({p.binary, p.binary ? '\x04' + std::string(p.data) : p.type + std::string(p.data)});
    return true;
  });
}

void round(const Parts &parts) {
  if (parts.empty()) return;
  Parts text, binary;
  if (!read(decode_payload3_text, encode_payload3_text(parts), text)) std::abort();
  if (!read(decode_payload3_binary, encode_payload3_binary(parts), binary)) std::abort();
  if (text.size() != parts.size() || binary.size() != parts.size()) std::abort();
  for (size_t i = 0; i < parts.size(); ++i)
    if (text[i].bytes != parts[i].bytes || binary[i].bytes != parts[i].bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string body(reinterpret_cast<const char *>(data), size);
  Parts parts;
  if (read(decode_payload3_binary, body, parts)) round(parts);
  if (const auto form = jsonp_payload(body)) jsonp_script("0", *form);
  parts.clear();
  if (valid_utf8(body) && read(decode_payload3_text, body, parts)) round(parts);
  return 0;
}
