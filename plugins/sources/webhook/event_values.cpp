#include "plugins/sources/webhook/event_values.hpp"

#include <sbx/json_text.hpp>

#include "plugins/sources/webhook/request_head.hpp"

namespace webhook {
namespace {

std::string quoted(std::string_view text) {
  std::string made;
  if (!sbx::json::valid_utf8(text)) return "null";
  sbx::json::append_quoted(made, text);
  return made;
}

bool is_type(std::string_view content_type, std::string_view wanted) { return same_word(content_type, wanted); }

}  // namespace

EventValues::EventValues(Inputs &inputs, std::string_view content_type) : inputs_(inputs) {
  if (inputs.plain_xml()) {
    fields_ = inputs.plain_xml();
  } else if (inputs.plain_json()) {
    json_ = *inputs.plain_json();
  } else if (!inputs.part().empty()) {
    json_ = JsonBody::part(inputs.part());
  } else if (is_type(content_type, "application/x-www-form-urlencoded")) {
    readable_ = (fields_ = inputs.form()) != nullptr;
  } else if (is_type(content_type, "text/xml") || is_type(content_type, "application/xml")) {
    readable_ = (fields_ = inputs.xml()) != nullptr;
  } else if (const JsonBody *json = inputs.json()) {
    json_ = *json;
  } else {
    readable_ = !is_type(content_type, "application/json");
  }
}

std::string EventValues::document() const {
  if (json_) return std::string(json_->text());
  if (!fields_) return quoted(inputs_.body());
  std::string made = "{";
  for (const auto &[name, value] : fields_->sorted()) {
    if (!sbx::json::valid_utf8(name)) continue;  // a key cannot be null
    if (made.size() > 1) made += ',';
    made += quoted(name) + ":" + quoted(value);
  }
  return made + "}";
}

std::string EventValues::text_at(std::string_view pointer) const {
  if (json_) return json_->text_at(pointer).value_or("");
  const std::string *found = fields_ ? fields_->find(pointer.substr(1)) : nullptr;
  return found && sbx::json::valid_utf8(*found) ? *found : "";
}

std::string EventValues::json_at(std::string_view pointer) const {
  if (json_) return std::string(json_->find(pointer).value_or("null"));
  const std::string *found = fields_ ? fields_->find(pointer.substr(1)) : nullptr;
  return found ? quoted(*found) : "null";
}

std::string EventValues::text_of(const Source &source) const {
  const Value value = inputs_.value(source);
  return value.there() && sbx::json::valid_utf8(value.text) ? value.text : "";
}

}  // namespace webhook
