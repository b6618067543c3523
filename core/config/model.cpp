#include "core/config/model.hpp"

namespace signalbox::config {

Position locate(const Instance &instance, std::string_view json_pointer) {
  for (;;) {
    auto found = instance.positions.find(std::string(json_pointer));
    if (found != instance.positions.end()) return found->second;
    size_t slash = json_pointer.rfind('/');
    if (slash == std::string_view::npos) return instance.position;
    json_pointer = json_pointer.substr(0, slash);
  }
}

}  // namespace signalbox::config
