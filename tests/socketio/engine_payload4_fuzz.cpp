// Revision 4 payloads: whatever is read can be written, and reads back the same.
#include <cstdint>
#include <cstdlib>

#include "plugins/sinks/socketio/engine_payload4.hpp"
#include "plugins/sinks/socketio/text.hpp"

using namespace socketio;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string body(reinterpret_cast<const char *>(data), size);
  if (!valid_utf8(body)) return 0;
  const auto read = [](const std::string &payload, Parts &parts) {
    return decode_payload4(payload, [&](const EnginePacket &p) {
      parts.push_back({p.binary, p.binary ? std::string(p.data) : p.type + std::string(p.data)});
      return true;
    });
  };
  Parts first, second;
  if (!read(body, first)) return 0;
  const std::string written = encode_payload4(first);
  if (!read(written, second) || written != encode_payload4(second)) std::abort();
  return 0;
}
