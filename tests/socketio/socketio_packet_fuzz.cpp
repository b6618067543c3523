// Socket.IO packets: whatever is read can be written again, and its pieces lie within it.
#include <cstdint>
#include <cstdlib>
#include <sbx/json_scan.hpp>

#include "plugins/sinks/socketio/packet.hpp"
#include "plugins/sinks/socketio/query.hpp"
#include "plugins/sinks/socketio/text.hpp"

using namespace socketio;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string text(reinterpret_cast<const char *>(data), size);
  if (!valid_utf8(text)) return 0;
  const auto packet = decode_packet(text);
  if (!packet) return 0;
  for (const std::string_view arg : packet->args)
    if (!sbx::json::valid(arg)) std::abort();
  if (!sbx::json::valid(query_object(packet->query))) std::abort();
  const std::string again = encode_packet(packet->type, packet->nsp, packet->json, packet->ack, packet->attachments);
  const auto second = decode_packet(std::string_view(again).substr(1));
  if (!second || second->nsp != packet->nsp || second->json != packet->json || second->ack != packet->ack) std::abort();
  return 0;
}
