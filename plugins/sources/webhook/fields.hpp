// Named values of a form, a query or a flat XML document.  A name that comes twice is refused: of two readers each may
// take another one of them.  Pure, any thread.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webhook {

class Fields {
 public:
  struct Field {
    std::string name, value;
  };
  // False: there is one of this name, or there are too many.
  bool add(std::string name, std::string value);
  // nullptr = there is none.
  const std::string *find(std::string_view name) const;
  // In bytewise order of their names.
  const std::vector<Field> &sorted() const { return fields_; }

 private:
  static constexpr size_t kFieldsMax = 512;
  std::vector<Field> fields_;
};

// application/x-www-form-urlencoded: escapes become bytes, whatever the charset; `+` is a blank.  Nothing, when an
// escape is none, a name is empty or comes twice, or there is a NUL in it.
std::optional<Fields> read_form(std::string_view text);

}  // namespace webhook
