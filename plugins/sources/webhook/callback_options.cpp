#include "plugins/sources/webhook/callback_options.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace webhook {
namespace {

using Json = nlohmann::json;

constexpr size_t kSecretMax = 64u << 10;

class SecretsReader {
 public:
  SecretsReader(const Complain &complain, const Complain &advise) : complain_(complain), advise_(advise) {}

  std::optional<Secrets> read(const Json &given) {
    for (const auto &[name, value] : given.items()) {
      const std::string where = "/secrets/" + name;
      if (value.is_object() && name == "key") {
        for (const auto &[id, pem] : value.items())
          if (auto text = checked(pem, std::string(where).append("/").append(id)))
            secrets_.add_key(id, *std::move(text));
        if (value.empty()) problem(where, "no key is given, so nothing could be verified");
      } else if (value.is_object() && name == "certificates") {
        for (const auto &[url, pem] : value.items())
          if (auto text = checked(pem, where + "/" + pointer_step(url)))
            secrets_.add_certificate(url, *std::move(text));
      } else if (value.is_array()) {
        for (size_t i = 0; i < value.size(); ++i)
          if (auto text = checked(value[i], where + "/" + std::to_string(i))) secrets_.add(name, *std::move(text));
        if (value.empty()) problem(where, "the list is empty, so nothing could be verified");
      } else if (auto text = checked(value, where)) {
        secrets_.add(name, *std::move(text));
      }
    }
    return fine_ ? std::optional(std::move(secrets_)) : std::nullopt;
  }

 private:
  void problem(const std::string &where, const std::string &what) {
    complain_(where, what);
    fine_ = false;
  }
  // A blank at an end is the classic mistake of copying, and never part of a secret.
  std::optional<std::string> checked(const Json &value, const std::string &where) {
    if (!value.is_string()) return problem(where, "a secret must be a text"), std::nullopt;
    const std::string said = value;
    const size_t from = said.find_first_not_of(" \t\r\n");
    if (from == std::string::npos)
      return problem(where, "the secret is empty, so anybody could send callbacks; set it"), std::nullopt;
    if (said.size() > kSecretMax) return problem(where, "the secret is longer than 64 KiB"), std::nullopt;
    const std::string trimmed = said.substr(from, said.find_last_not_of(" \t\r\n") - from + 1);
    if (trimmed != said && said.find("-----BEGIN") == std::string::npos)
      advise_(where, "the secret begins or ends with a blank, which is left out");
    return trimmed;
  }

  const Complain &complain_;
  const Complain &advise_;
  Secrets secrets_;
  bool fine_ = true;
};

// A misspelt name of one that need not be there would switch its check off.
void warn_of_unused(const Json &given, const Preset &preset, const Complain &advise) {
  std::vector<std::string> used = needed_secrets(preset);
  for (std::string &name : optional_secrets(preset)) used.push_back(std::move(name));
  for (const auto &[name, value] : given.items())
    if (std::find(used.begin(), used.end(), name) == used.end())
      advise("/secrets/" + name, "the preset " + preset.name + " does not use a secret of this name");
}

std::optional<EventTemplates> read_templates(const Json &with, const Complain &complain) {
  constexpr const char *kWords =
      "something in its braces is not known; there are {id}, {type}, {order}, {/json/pointer} and {header:NAME} with "
      "the "
      "other sources, and {{ is a brace";
  bool fine = true;
  const auto problem = [&](const std::string &where, const std::string &what) {
    complain(where, what);
    fine = false;
  };
  EventTemplates made;
  const Json channel = with.value("channel", Json::array());
  const Json list = channel.is_array() ? channel : Json::array({channel});
  if (list.empty()) problem("/channel", "say which channel the events go to, as \"pay.{order}\"");
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string where = channel.is_array() ? "/channel/" + std::to_string(i) : "/channel";
    const std::string text = list[i].is_string() ? list[i].get<std::string>() : "";
    auto read = text.empty() ? std::nullopt : EventTemplate::read(text);
    if (read)
      made.channel.push_back(*std::move(read));
    else
      problem(where, text.empty() ? "the channel is empty" : kWords);
  }
  if (const auto event = with.find("event"); event != with.end()) {
    const std::string text = event->is_string() ? event->get<std::string>() : "";
    made.name = text.empty() ? std::nullopt : EventTemplate::read(text);
    if (!made.name) problem("/event", text.empty() ? "the event's name is empty" : kWords);
  }
  if (const auto data = with.find("data"); data != with.end()) {
    std::string fault;
    made.data = DataTemplate::read(data->dump(), fault);
    if (!made.data) problem("/data" + fault, kWords);
  }
  return fine ? std::optional(std::move(made)) : std::nullopt;
}

bool is_url(std::string_view text) {
  const bool scheme = text.starts_with("https://") || text.starts_with("http://");
  return scheme && text.find("://") + 3 < text.size() && text.find_first_of("?#@") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '\\'; });
}

// Where the provider is asked, and whether.
bool read_asking(const Json &with, Preset &preset, const Complain &complain, const Complain &advise) {
  bool fine = true;
  const auto problem = [&](const char *where, const std::string &what) {
    complain(where, what);
    fine = false;
  };
  preset.confirm = with.value("confirm", "") == "postback";
  if (preset.confirm && preset.scheme != Scheme::kPaypal)
    problem("/confirm", "only the preset paypal knows a way to confirm what was sent; leave it out");
  preset.api_url = with.value("api_url", "");
  if (preset.api_url.empty()) return fine;
  if (!asks_provider(preset)) problem("/api_url", "the preset " + preset.name + " asks its provider nothing");
  if (!is_url(preset.api_url)) problem("/api_url", "this is no address that begins with https:// and has no query");
  if (preset.api_url.starts_with("http://"))
    advise("/api_url", "what is asked and answered goes over the network in the clear; https:// is better");
  while (preset.api_url.ends_with('/')) preset.api_url.pop_back();
  return fine;
}

}  // namespace

std::optional<CallbackOptions> read_callback_options(std::string_view with_json, const Complain &complain,
                                                     const Complain &advise) {
  const Json with = Json::parse(with_json);
  auto preset = read_preset(with.value("preset", Json("")).dump(), "/preset", complain);
  auto secrets = SecretsReader(complain, advise).read(with.value("secrets", Json::object()));
  auto templates = read_templates(with, complain);
  if (!preset || !secrets || !templates) return std::nullopt;
  if (!read_asking(with, *preset, complain, advise)) return std::nullopt;
  if (const int64_t tolerance_ms = with.value("tolerance", int64_t{0}); tolerance_ms > 0) {
    if (!preset->timestamp) advise("/tolerance", "this preset signs no time, so there is nothing to tolerate");
    preset->tolerance_s = std::max<int64_t>(tolerance_ms / 1000, 1);
  }
  if (preset->scheme == Scheme::kPaypal && !preset->confirm)
    advise("/preset",
           "PayPal signs a checksum of the body only, so whoever has seen one request before us can send another body; "
           "confirm: postback has PayPal vouch for the whole of it");
  else if (!preset->body_signed && preset->scheme != Scheme::kPaypal)
    advise("/preset", "the preset " + preset->name +
                          " does not sign the body: whoever sees one request can send any other; keep its path secret "
                          "and its listener behind TLS");
  preset->max_body = with.value("body", preset->max_body);
  const int64_t patience_ms = std::min(with.value("deadline", int64_t{10'000}), preset->deadline_ms * 4 / 5);
  int64_t dedupe_ms = std::max(with.value("dedupe", int64_t{0}), preset->dedupe_s * 1000);
  // A transmission of PayPal's must not be forgotten while it is still young enough to be taken.
  if (preset->scheme == Scheme::kPaypal) dedupe_ms = std::max(dedupe_ms, 2 * preset->tolerance_s * 1000);
  warn_of_unused(with.value("secrets", Json::object()), *preset, advise);
  auto verifier = Verifier::make(*std::move(preset), *std::move(secrets), *std::move(templates),
                                 with.value("public_url", ""), complain);
  if (!verifier) return std::nullopt;
  return CallbackOptions{std::make_shared<const Verifier>(*std::move(verifier)), patience_ms * sbx::kMillisecondNs,
                         dedupe_ms * sbx::kMillisecondNs, with.value("keep_raw", false)};
}

}  // namespace webhook
