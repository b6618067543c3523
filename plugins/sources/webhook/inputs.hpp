// One request while it is judged: what its sources say.  Forms, XML and JSON are read when they are first asked for, so
// that what nobody needs is not judged; what is read is read strictly.  Lives for one call, borrows the request.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/sources/webhook/callback_request.hpp"
#include "plugins/sources/webhook/fields.hpp"
#include "plugins/sources/webhook/json_body.hpp"
#include "plugins/sources/webhook/secrets.hpp"
#include "plugins/sources/webhook/source.hpp"

namespace webhook {

struct Value {
  enum class State { kThere, kMissing, kMalformed };  // kMalformed: there, and of two minds, or not readable at all
  State state = State::kMissing;
  std::string text;

  static Value of(std::string said) { return {State::kThere, std::move(said)}; }
  static Value missing() { return {}; }
  static Value malformed() { return {State::kMalformed, {}}; }
  bool there() const { return state == State::kThere; }
};

using Items = std::vector<std::pair<std::string, std::string>>;

class Inputs {
 public:
  // REQUIRES: both outlive this
  Inputs(const CallbackRequest &request, const Secrets &secrets, std::string url)
      : request_(request), secrets_(secrets), url_(std::move(url)) {}

  Value value(const Source &source);
  Value header(std::string_view lower_name) const;
  // The same without a copy; nullptr when there is none.
  const std::string *header(std::string_view lower_name, bool &malformed) const;
  const Fields *form() { return fields(form_, Kind::kForm); }  // nullptr = it is none
  const Fields *xml() { return fields(xml_, Kind::kXml); }
  const JsonBody *json();

  const std::string &body() const { return request_.body; }
  const CallbackRequest &request() const { return request_; }

  // From here on `json:` is asked of this element of the body; an empty one ends that.
  void narrow(std::string_view raw_part);
  std::string_view part() const { return part_ ? part_->text() : std::string_view(); }
  void set_items(Items items) { items_ = std::move(items); }
  const Items &items() const { return items_; }
  void set_url(std::string url) { url_ = std::move(url); }
  const std::string &url() const { return url_; }
  // The one of several secrets that is being tried.
  void try_secret(std::string name, std::string value) { tried_ = {std::move(name), std::move(value)}; }

  // False: it is not what it should be.
  bool set_plain(std::string plain, bool as_json);
  const JsonBody *plain_json() const { return plain_json_ ? &*plain_json_ : nullptr; }
  const Fields *plain_xml() const { return plain_xml_ ? &*plain_xml_ : nullptr; }
  const std::string &plain() const { return plain_; }

 private:
  enum class Kind { kForm, kXml, kQuery };
  // Read at most once; an inner nothing = it cannot be read.
  using Lazy = std::optional<std::optional<Fields>>;
  const Fields *fields(Lazy &lazy, Kind kind);
  Value item(std::string_view name) const;
  Value secret(std::string_view name) const;

  const CallbackRequest &request_;
  const Secrets &secrets_;
  std::string url_;
  Lazy form_, xml_, query_;
  std::optional<std::optional<JsonBody>> json_;
  std::optional<JsonBody> part_;
  Items items_;
  std::pair<std::string, std::string> tried_;
  std::string plain_;
  std::optional<JsonBody> plain_json_;
  std::optional<Fields> plain_xml_;
};

}  // namespace webhook
