// What plugins there are, as far as the configuration must know.  The plugin registry is one; tests have their own.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::config {

enum class Kind { source, filter, sink };

class Catalog {
 public:
  virtual ~Catalog() = default;
  // The JSON Schema of the plugin's `with:`; nothing = no such plugin of that kind.
  virtual std::optional<std::string> schema(Kind kind, std::string_view plugin) const = 0;
  // The plugins of a kind, sorted.
  virtual std::vector<std::string> names(Kind kind) const = 0;
};

// "source", "filter", "sink"
const char *kind_word(Kind kind);

}  // namespace signalbox::config
