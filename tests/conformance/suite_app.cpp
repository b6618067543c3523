#include "tests/conformance/suite_app.hpp"

namespace conformance {
namespace {

// A JSON array of what may stand first and the arguments.
std::string array_of(std::string_view first, const std::vector<std::string_view> &args) {
  std::string out = "[";
  out += first;
  for (const std::string_view arg : args) {
    if (out.size() > 1) out += ',';
    out += arg;
  }
  return out + "]";
}

}  // namespace

std::optional<std::string> SuiteApp::on_connect(socketio::Socket &socket, std::string_view) {
  if (socket.nsp() == "/" || socket.nsp() == "/custom") return std::nullopt;
  return "Invalid namespace";
}

void SuiteApp::on_connected(socketio::Socket &socket, std::string_view auth) {
  socket.emit(array_of("\"auth\"", {auth}));
}

void SuiteApp::on_event(socketio::Socket &socket, const socketio::Packet &packet,
                        const socketio::Attachments &attachments) {
  if (packet.name == "\"message\"") socket.emit(array_of("\"message-back\"", packet.args), attachments);
  if (packet.name == "\"message-with-ack\"" && packet.ack)
    socket.ack(*packet.ack, array_of("", packet.args), attachments);
}

}  // namespace conformance
