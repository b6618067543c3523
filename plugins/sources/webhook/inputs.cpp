#include "plugins/sources/webhook/inputs.hpp"

#include "plugins/sources/webhook/xml_reader.hpp"

namespace webhook {
namespace {

Value field_of(const Fields *fields, std::string_view name) {
  if (!fields) return Value::malformed();
  const std::string *found = fields->find(name);
  return found ? Value::of(*found) : Value::missing();
}

Value text_at(const JsonBody *json, std::string_view pointer) {
  if (!json) return Value::malformed();
  auto found = json->text_at(pointer);
  return found ? Value::of(*std::move(found)) : Value::missing();
}

}  // namespace

Value Inputs::value(const Source &source) {
  switch (source.from) {
    case Source::From::kBody:
      return Value::of(request_.body);
    case Source::From::kUrl:
      return Value::of(url_);
    case Source::From::kHeader:
      return header(source.name);
    case Source::From::kQuery:
      return field_of(fields(query_, Kind::kQuery), source.name);
    case Source::From::kForm:
      return field_of(form(), source.name);
    case Source::From::kXml:
      return field_of(xml(), source.name);
    case Source::From::kJson:
      return text_at(part_ ? &*part_ : json(), source.name);
    case Source::From::kPlain:
      return text_at(plain_json(), source.name);
    case Source::From::kPlainXml:
      return field_of(plain_xml(), source.name);
    case Source::From::kItem:
      return item(source.name);
    case Source::From::kSecret:
      return secret(source.name);
  }
  return Value::missing();
}

const std::string *Inputs::header(std::string_view lower_name, bool &malformed) const {
  const std::string *found = nullptr;
  malformed = false;
  for (const auto &[name, value] : request_.headers) {
    if (name != lower_name) continue;
    malformed = malformed || found;
    found = &value;
  }
  return malformed ? nullptr : found;
}

Value Inputs::header(std::string_view lower_name) const {
  bool malformed = false;
  const std::string *found = header(lower_name, malformed);
  if (malformed) return Value::malformed();
  return found ? Value::of(*found) : Value::missing();
}

Value Inputs::item(std::string_view name) const {
  const std::string *found = nullptr;
  for (const auto &[key, value] : items_) {
    if (key != name) continue;
    if (found) return Value::malformed();
    found = &value;
  }
  return found ? Value::of(*found) : Value::missing();
}

Value Inputs::secret(std::string_view name) const {
  if (name == tried_.first) return Value::of(tried_.second);
  const auto *values = secrets_.find(name);
  return values ? Value::of(values->front()) : Value::missing();
}

const Fields *Inputs::fields(Lazy &lazy, Kind kind) {
  if (!lazy) {
    if (kind == Kind::kXml)
      lazy.emplace(read_xml(request_.body));
    else
      lazy.emplace(read_form(kind == Kind::kForm ? request_.body : request_.query));
  }
  return *lazy ? &**lazy : nullptr;
}

const JsonBody *Inputs::json() {
  if (!json_) json_.emplace(JsonBody::read(request_.body));
  return *json_ ? &**json_ : nullptr;
}

void Inputs::narrow(std::string_view raw_part) {
  if (raw_part.empty())
    part_.reset();
  else
    part_ = JsonBody::part(raw_part);
}

bool Inputs::set_plain(std::string plain, bool as_json) {
  plain_ = std::move(plain);
  if (as_json)
    plain_json_ = JsonBody::read(plain_);
  else
    plain_xml_ = read_xml(plain_);
  return plain_json_ || plain_xml_;
}

}  // namespace webhook
