// Origins, Referers and Host headers as hostile pages and clients may send them: never a crash, and nothing is allowed
// that is not spelled like the one allowed origin or the request's own host.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/text.hpp"
#include "core/net/http_text.hpp"
#include "core/net/origin.hpp"

using namespace signalbox::net;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char *>(data), size);
  const size_t cut = std::min(bytes.find('\n'), size);
  const std::string first(bytes.substr(0, cut)), second(bytes.substr(std::min(cut + 1, size)));
  HttpHead head;
  head.method = "OPTIONS";
  head.headers = {{"origin", first},
                  {"host", second},
                  {"access-control-request-method", "GET"},
                  {"access-control-request-headers", second}};
  const OriginPolicy policy({"https://shop.example", first.substr(0, first.size() / 2)});
  const auto verdict = OriginPolicy({"https://shop.example"}).judge(head, false);
  const std::string lower = signalbox::to_lower(first);
  if (verdict == OriginPolicy::allowed && !lower.starts_with("https://shop.example")) std::abort();
  if (verdict == OriginPolicy::same_origin && !lower.starts_with("http://")) std::abort();
  static_cast<void>(policy.judge(head, true));
  static_cast<void>(OriginPolicy::check(first));
  if (is_preflight(head))
    for (const HttpHeader &h : preflight_headers(head))
      if (h.name == "Access-Control-Allow-Headers" && !is_field_text(h.value)) std::abort();
  head.headers[0] = {"referer", first};
  static_cast<void>(cross_site_without_origin(head, policy));
  return 0;
}
