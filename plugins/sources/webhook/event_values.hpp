// What templates of the user's are filled with: the event's id, type and order, and every field of its document.  The
// document is what was decrypted if the preset decrypts, else the body: JSON, a form or XML.  Lives for one call.
#pragma once
#include <string>
#include <string_view>

#include "plugins/sources/webhook/inputs.hpp"

namespace webhook {

class EventValues {
 public:
  // REQUIRES: `inputs` outlives this, and is narrowed to the event it is about.  The
  // content type (without parameters) says what the body is where nothing was decrypted.
  EventValues(Inputs &inputs, std::string_view content_type);

  std::string_view id, type, order;  // borrowed from the event

  // False: the document is none of the kind that it says it is.
  bool readable() const { return readable_; }
  // The document whole, as JSON.
  std::string document() const;
  // A field by its JSON pointer; of forms and XML "/name".  Empty when it is not there, or is no UTF-8.
  std::string text_at(std::string_view pointer) const;
  // The same as JSON; null when it is not there.
  std::string json_at(std::string_view pointer) const;
  std::string text_of(const Source &source) const;

 private:
  Inputs &inputs_;
  std::optional<JsonBody> json_;
  const Fields *fields_ = nullptr;
  bool readable_ = true;
};

}  // namespace webhook
