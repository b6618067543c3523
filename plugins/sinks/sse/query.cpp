#include "plugins/sinks/sse/query.hpp"

#include <algorithm>
#include <charconv>
#include <sbx/json_text.hpp>
#include <sbx/sbx.hpp>
#include <sbx/web_text.hpp>
#include <set>

#include "plugins/sinks/sse/text.hpp"

namespace sse {
namespace {

// Fields beside the channels and their cursors that are looked at: no client sends half as many.
constexpr size_t kOtherFieldsMax = 64;
// A cursor is at most 64 bytes: of a longer text this much shows the host that it is none.
constexpr size_t kSinceKept = 80;
constexpr int64_t kWaitMaxS = 1'000'000;

class Parser {
 public:
  explicit Parser(size_t channels_max) : channels_max_(channels_max) {}

  ParsedQuery run(std::string_view text) {
    for (size_t fields = 0; !text.empty() && out_.problem.empty(); ++fields) {
      if (fields == 2 * channels_max_ + kOtherFieldsMax) return fail("the query has too many fields");
      take(sbx::take_field(text));
    }
    if (out_.problem.empty() && query_.channels.empty())
      return fail("name at least one channel in the query, as in ?channel=news");
    if (out_.problem.empty() && given_.size() > 1) {
      if (given_.size() != asked_) return fail("give one since for all channels, or one for each of them");
      for (const size_t at : first_at_) query_.sinces.push_back(given_[at]);
    }
    return out_;
  }

 private:
  ParsedQuery &fail(std::string problem) {
    out_.problem = std::move(problem);
    return out_;
  }

  void take(sbx::Field field) {
    if (field.name == "channel")
      channel(field.value);
    else if (field.name == "since")
      since(field.value);
    else if (field.name == "token")
      token(field.value);
    else if (field.name == "format")
      format(field.value);
    else if (field.name == "wait")
      wait(field.value);
  }

  void channel(std::string_view value) {
    std::optional<std::string> name = sbx::decode_field_strictly(value);
    if (!name) {
      fail("a channel in the query has a % that begins no escape; write a percent sign as %25");
    } else if (name->empty()) {
      fail("a channel in the query has no name; write ?channel=news");
    } else if (name->size() > kChannelBytesMax) {
      fail("a channel in the query is too long; a name has at most " + std::to_string(kChannelBytesMax) + " bytes");
    } else if (!sbx::json::valid_utf8(*name) || has_control(*name)) {
      fail("a channel in the query is no text; names are UTF-8 without control characters");
    } else if (seen_.insert(*name).second) {
      if (seen_.size() > channels_max_)
        fail("one request may name at most " + std::to_string(channels_max_) + " channels");
      else
        add(*std::move(name));
    }
    ++asked_;
  }

  void add(std::string name) {
    query_.channels.push_back(std::move(name));
    first_at_.push_back(asked_);
  }

  void since(std::string_view value) {
    const std::string cursor = sbx::decode_field_strictly(value).value_or(std::string(value));
    given_.push_back(cursor.substr(0, kSinceKept));
    if (query_.since.empty()) query_.since = given_.back();
  }

  void token(std::string_view value) {
    const std::optional<std::string> text = sbx::decode_field_strictly(value);
    std::string json;
    if (text && sbx::json::valid_utf8(*text)) sbx::json::append_quoted(json, *text);
    if (json.empty() || json.size() > SBX_AUTH_MAX) {
      fail("the token in the query is no text, or longer than 16 KiB");
    } else if (!query_.auth.empty()) {
      fail("give one token for all channels");
    } else {
      query_.token = *text;
      query_.auth = std::move(json);
    }
  }

  void format(std::string_view value) {
    query_.envelope = value == "envelope";
    if (!query_.envelope && !value.empty()) fail("format is envelope, or left out");
  }

  void wait(std::string_view value) {
    const char *end = value.data() + value.size();
    uint32_t seconds = 0;
    const auto read = std::from_chars(value.data(), end, seconds);
    if (value.empty() || read.ptr != end || read.ec == std::errc::invalid_argument)
      fail("wait is a whole number of seconds, as in wait=25");
    else
      query_.wait_s = read.ec == std::errc() ? std::min<int64_t>(seconds, kWaitMaxS) : kWaitMaxS;
  }

  size_t channels_max_;
  ParsedQuery out_;
  Query &query_ = out_.query;
  std::set<std::string, std::less<>> seen_;
  size_t asked_ = 0;                // fields `channel`, with those that say one again
  std::vector<size_t> first_at_;    // which of them each channel was first in
  std::vector<std::string> given_;  // the cursors of all fields `since`
};

}  // namespace

ParsedQuery parse_query(std::string_view text, size_t channels_max) { return Parser(channels_max).run(text); }

}  // namespace sse
