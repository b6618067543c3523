#include "plugins/sinks/socketio/client_files.hpp"

#include <array>

namespace socketio {
namespace {

constexpr std::array<const char *, 4> kNames = {"socket.io.js", "socket.io.min.js", "socket.io.js.map",
                                                "socket.io.min.js.map"};

// FNV-1a: a tag that changes with the file; nobody gains anything by making two alike.
std::string etag_of(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (int shift = 60; shift >= 0; shift -= 4) out += kHex[hash >> shift & 15];
  return out + '"';
}

bool matches(const sbx_request &r, const std::string &etag) {
  for (size_t i = 0; i < r.header_count; ++i) {
    if (sbx::view(r.headers[i].key) != "if-none-match") continue;
    // A list of tags; weak ones count, as RFC 9110 section 13.1.2 has it.
    if (sbx::view(r.headers[i].value).find(etag) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

ClientFiles::ClientFiles(Services services, int version) : services_(services), version_(version) {
  if (version_ == 0) return;
  for (const char *name : kNames) load(name);
}

void ClientFiles::load(const std::string &name) {
  const auto *assets = services_.host.service<sbx_asset>();
  File &file = files_[name];
  if (!assets) return;
  const std::string path = "socketio/v" + std::to_string(version_) + "/" + name;
  assets->load(
      services_.host.get(), sbx::raw(path),
      [](void *to, sbx_str bytes) noexcept { static_cast<std::string *>(to)->assign(sbx::view(bytes)); }, &file.bytes);
  if (!file.bytes.empty()) file.etag = etag_of(file.bytes);
}

bool ClientFiles::serve(sbx_id request, const sbx_request &r, std::string_view below) {
  if (version_ == 0 || below.empty()) return false;
  const auto found = files_.find(below.substr(1));
  if (found == files_.end()) return false;
  const auto &[name, file] = *found;
  const std::string_view method = sbx::view(r.method);
  if (method != "GET" && method != "HEAD") {
    services_.respond(request, 405, "text/plain; charset=UTF-8", "this is a file; ask for it with GET\n");
  } else if (file.bytes.empty()) {
    const std::string text =
        "the Socket.IO client is not installed here; scripts/setup puts it into "
        "share/signalbox/socketio/v" +
        std::to_string(version_);
    if (!std::exchange(reported_, true)) services_.host.log(SBX_WARN, "/" + name + " was asked for: " + text);
    services_.respond(request, 404, "text/plain; charset=UTF-8", text + "\n");
  } else {
    send(request, matches(r, file.etag) ? 304 : 200, name, file);
  }
  return true;
}

void ClientFiles::send(sbx_id request, uint32_t status, std::string_view name, const File &file) {
  const std::string_view type =
      name.ends_with(".map") ? "application/json; charset=utf-8" : "application/javascript; charset=utf-8";
  const std::array<sbx_attr, 3> headers = {
      sbx_attr{sbx::raw("cache-control"), sbx::raw("public, max-age=0")},
      sbx_attr{sbx::raw("etag"), sbx::raw(file.etag)},
      sbx_attr{sbx::raw("content-type"), sbx::raw(type)},
  };
  const std::string_view body = status == 200 ? std::string_view(file.bytes) : std::string_view();
  services_.http->respond(services_.host.get(), request, status, headers.data(), headers.size(), sbx::raw(body), 0);
}

}  // namespace socketio
