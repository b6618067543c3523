// X-Forwarded-* as anybody may send it, and address ranges: never a crash, and the client's address is always one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/net/proxy_headers.hpp"
#include "core/net/static_files.hpp"

using namespace signalbox::net;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string bytes(reinterpret_cast<const char *>(data), size);
  const auto trusted = TrustedProxies::parse({"10.0.0.0/8", "::1", "unix"});
  if (!trusted.ok()) std::abort();
  HttpHead head;
  head.headers = {{"x-forwarded-for", bytes}, {"x-forwarded-proto", bytes}, {"x-forwarded-host", bytes}};
  if (!IpAddress::parse(client_address("10.1.2.3", head, *trusted))) std::abort();
  if (client_address("192.0.2.1", head, *trusted) != "192.0.2.1") std::abort();
  static_cast<void>(forwarded_tls("", head, *trusted));
  static_cast<void>(forwarded_host("", head, *trusted));
  if (const auto range = TrustedProxies::parse({bytes});
      range.ok() && bytes.find('/') == std::string::npos && bytes != "unix")
    if (!range->trusts(bytes)) std::abort();
  if (const auto path = safe_relative_path(bytes))
    if (path->find("..") == 0 || path->find("/.") != std::string::npos || path->find('\0') != std::string::npos)
      std::abort();
  return 0;
}
