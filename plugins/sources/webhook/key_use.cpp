#include "plugins/sources/webhook/key_use.hpp"

namespace webhook {

void KeyUse::count(size_t place, size_t keys, std::string_view id) {
  if (place == 0 || keys < 2) return;
  const std::string label = id.empty() ? std::to_string(place) : std::string(id);
  auto found = fits_.find(label);
  if (found == fits_.end()) {
    if (fits_.size() >= kSeriesMax) return;
    const sbx::Metric made(host_, 'c', "signalbox_webhook_key_matches_total",
                           "Requests by the key that fitted, where there are several", "key", label);
    found = fits_.emplace(label, made).first;
  }
  found->second.add();
}

}  // namespace webhook
