#include "core/net/ws_handshake.hpp"

#include <openssl/evp.h>

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/net/http_text.hpp"

namespace signalbox::net {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 section 1.3
constexpr size_t kKeySize = 24;                                             // base64 of 16 bytes
constexpr size_t kSha1Size = 20;

bool is_key(std::string_view text) {
  if (text.size() != kKeySize || !text.ends_with("==")) return false;
  const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  // The last bits may be anything: some clients do not leave them 0, and only the text is hashed.
  return text.substr(0, kKeySize - 2).find_first_not_of(alphabet) == std::string_view::npos;
}

bool any_lists(const HttpHead &head, std::string_view name, std::string_view word) {
  return std::any_of(head.headers.begin(), head.headers.end(),
                     [&](const HttpHeader &h) { return h.name == name && list_has(h.value, word); });
}

}  // namespace

bool ws_upgrade_asked(const HttpHead &head) { return head.upgrade && any_lists(head, "upgrade", "websocket"); }

bool ws_tried(const HttpHead &head) {
  return ws_upgrade_asked(head) && head.count("sec-websocket-key") + head.count("sec-websocket-version") > 0;
}

bool ws_version_wrong(const HttpHead &head) {
  return head.count("sec-websocket-version") != 1 || head.header("sec-websocket-version") != kWsVersion;
}

Result<std::string> ws_accept_key(const HttpHead &head) {
  if (head.method != "GET") return Status::error("a websocket is opened with GET");
  if (head.minor != 1) return Status::error("a websocket is opened over HTTP/1.1");
  if (!any_lists(head, "connection", "upgrade")) return Status::error("the Connection header does not list upgrade");
  if (!any_lists(head, "upgrade", "websocket")) return Status::error("the Upgrade header does not list websocket");
  if (head.has_body) return Status::error("a websocket is opened by a request without a body");
  if (ws_version_wrong(head))
    return Status::error("the Sec-WebSocket-Version is not 13, the only one that is spoken here");
  if (head.count("sec-websocket-key") != 1 || !is_key(head.header("sec-websocket-key")))
    return Status::error("the Sec-WebSocket-Key is not the base64 of 16 bytes");

  std::string text(head.header("sec-websocket-key"));
  text += kGuid;
  // Fetched once: OpenSSL 3 looks EVP_sha1() up by its name each time.
  static const EVP_MD *const kSha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  unsigned char digest[kSha1Size];
  if (!kSha1 || EVP_Digest(text.data(), text.size(), digest, nullptr, kSha1, nullptr) != 1)
    return Status::error("this machine's OpenSSL offers no SHA-1, which websockets need");
  unsigned char encoded[4 * ((kSha1Size + 2) / 3) + 1];
  const int size = EVP_EncodeBlock(encoded, digest, kSha1Size);
  return std::string(reinterpret_cast<const char *>(encoded), static_cast<size_t>(size));
}

std::vector<std::string> ws_subprotocols(const HttpHead &head) {
  std::vector<std::string> offered;
  for (const HttpHeader &h : head.headers) {
    if (h.name != "sec-websocket-protocol") continue;
    std::string_view list = h.value;
    while (const auto word = next_in_list(list)) {
      if (!is_token(*word) || offered.size() >= limits::kWsSubprotocolsMax) return {};
      if (std::find(offered.begin(), offered.end(), *word) != offered.end()) return {};
      offered.emplace_back(*word);
    }
  }
  return offered;
}

}  // namespace signalbox::net
