// Any payload: what is taken for an envelope is one for nlohmann too, and says the same.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sbx/json_scan.hpp>

#include "plugins/sources/redis/laravel_codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view payload(reinterpret_cast<const char *>(data), size);
  redis::Envelope e;
  const char *reason = redis::decode_laravel(payload, false, e);

  std::string owned;
  auto raw = redis::decode_raw(payload, owned);
  if (!raw.binary && !sbx::json::valid(raw.data)) std::abort();
  if (raw.binary && sbx::json::valid_utf8(payload)) std::abort();
  if (reason) return 0;

  nlohmann::json all, part;
  try {
    all = nlohmann::json::parse(payload);
    part = nlohmann::json::parse(e.data);
  } catch (const nlohmann::json::out_of_range &) {
    return 0;  // a number that no double holds is JSON all the same
  }
  if (all["event"] != e.event) std::abort();
  nlohmann::json want = all.contains("data") ? all["data"] : nlohmann::json();
  if (want.is_object()) want.erase("socket");
  if (want != part) std::abort();
  std::string except = all.contains("socket") && all["socket"].is_string() ? std::string(all["socket"]) : "";
  if (except != e.except) std::abort();
  return 0;
}
