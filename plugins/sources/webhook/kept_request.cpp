#include "plugins/sources/webhook/kept_request.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "plugins/sources/webhook/fields.hpp"

namespace webhook {
namespace {

// The host lets 128 through.
constexpr size_t kHeadersMax = 256;
constexpr std::string_view kMark = "signalbox-kept";
constexpr std::string_view kVersion = "1";
constexpr std::string_view kLineEnd = "\r\n";
// What belongs to the connection (RFC 9110 section 7.6.1), and what is written anew.
constexpr std::string_view kLeftOut[] = {"connection",        "keep-alive", "te",     "trailer",
                                         "transfer-encoding", "upgrade",    "expect", "proxy-connection",
                                         "content-length",    kMark};
constexpr std::string_view kAlwaysMasked[] = {"authorization", "proxy-authorization", "cookie"};

bool can_stand_in_a_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}
bool is_word(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(),
                                       [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
}
bool is_name(std::string_view text) { return is_word(text) && text.find(':') == std::string_view::npos; }

std::set<std::string_view> masked_headers(const Preset &preset) {
  std::set<std::string_view> names(std::begin(kAlwaysMasked), std::end(kAlwaysMasked));
  if (preset.signature && preset.signature->from.from == Source::From::kHeader) {
    if (shows_secret(preset.scheme))
      names.insert(preset.signature->from.name);
    else
      names.erase(preset.signature->from.name);
  }
  if (preset.also_token && preset.also_token->from == Source::From::kHeader) names.insert(preset.also_token->name);
  return names;
}

std::string masked_query(const CallbackRequest &request, const Preset &preset) {
  std::set<std::string_view> names;
  if (preset.signature && shows_secret(preset.scheme) && preset.signature->from.from == Source::From::kQuery)
    names.insert(preset.signature->from.name);
  if (preset.also_token && preset.also_token->from == Source::From::kQuery) names.insert(preset.also_token->name);
  if (names.empty()) return request.query;
  std::string out;
  for (std::string_view rest = request.query; !rest.empty();) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(field.size() + 1, rest.size()));
    const auto read = read_form(field);
    const bool secret =
        read && std::any_of(names.begin(), names.end(), [&](std::string_view name) { return read->find(name); });
    if (!out.empty()) out += '&';
    out.append(secret ? field.substr(0, field.find('=') + 1) : field);
    if (secret) out.append(kMasked);
  }
  return out;
}

std::string_view take_line(std::string_view &rest, bool &fine) {
  const size_t end = rest.find(kLineEnd);
  fine = fine && end != std::string_view::npos;
  if (!fine) return {};
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + kLineEnd.size());
  return line;
}

bool read_head_line(std::string_view line, CallbackRequest &to) {
  constexpr std::string_view kProtocol = " HTTP/1.1";
  const size_t blank = line.find(' ');
  if (blank == std::string_view::npos || !line.ends_with(kProtocol) || line.size() < blank + 1 + kProtocol.size())
    return false;
  to.method = line.substr(0, blank);
  const std::string_view target = line.substr(blank + 1, line.size() - kProtocol.size() - blank - 1);
  const size_t question = target.find('?');
  to.path = target.substr(0, question);
  if (question != std::string_view::npos) to.query = target.substr(question + 1);
  return is_word(to.method) && is_word(target);
}

bool is_version(std::string_view value) {
  return value.starts_with(kVersion) && (value.size() == kVersion.size() || value[kVersion.size()] == ';');
}

}  // namespace

std::optional<std::string> keep_request(const CallbackRequest &request, const Preset &preset, int64_t received_ns) {
  const std::string query = masked_query(request, preset);
  const std::string target = request.path + (query.empty() ? "" : "?" + query);
  if (!is_word(request.method) || !is_word(target) || request.body.size() > kKeptMax) return std::nullopt;
  std::string out = request.method + " " + target + " HTTP/1.1\r\n";
  out.append(kMark).append(": ").append(kVersion).append("; received=").append(std::to_string(received_ns));
  out.append("\r\ncontent-length: ").append(std::to_string(request.body.size())).append(kLineEnd);
  const std::set<std::string_view> masked = masked_headers(preset);
  if (request.headers.size() > kHeadersMax) return std::nullopt;
  for (const auto &[name, value] : request.headers) {
    if (std::find(std::begin(kLeftOut), std::end(kLeftOut), name) != std::end(kLeftOut)) continue;
    if (!is_name(name) || !can_stand_in_a_line(value)) return std::nullopt;
    out.append(name).append(": ").append(masked.contains(name) ? kMasked : value).append(kLineEnd);
  }
  out.append(kLineEnd).append(request.body);
  if (out.size() > kKeptMax) return std::nullopt;
  return out;
}

std::optional<CallbackRequest> read_kept(std::string_view kept) {
  if (kept.size() > kKeptMax) return std::nullopt;
  CallbackRequest request;
  bool fine = true;
  if (!read_head_line(take_line(kept, fine), request)) return std::nullopt;
  std::optional<size_t> length;
  for (size_t n = 0;; ++n) {
    const std::string_view line = take_line(kept, fine);
    if (!fine || n > kHeadersMax + 2) return std::nullopt;
    if (line.empty()) break;
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos || !is_name(line.substr(0, colon))) return std::nullopt;
    const std::string_view name = line.substr(0, colon), value = line.substr(colon + 2);
    if (!can_stand_in_a_line(value) || (n == 0) != (name == kMark)) return std::nullopt;
    if (n == 0 && !is_version(value)) return std::nullopt;
    if (name == "content-length") {
      const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), length.emplace());
      if (fault != std::errc() || end != value.data() + value.size()) return std::nullopt;
    }
    if (n > 0) request.headers.emplace_back(name, value);
  }
  if (!length || *length != kept.size()) return std::nullopt;
  request.body = kept;
  return request;
}

}  // namespace webhook
