#include "core/net/chunk_decoder.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/net/http_gate.hpp"
#include "core/net/http_text.hpp"

namespace signalbox::net {
namespace {

using Kind = HttpParser::Kind;
using Step = HttpParser::Step;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace

Step ChunkDecoder::size_line(std::string_view line) {
  uint64_t size = 0;
  size_t digits = 0;
  for (; digits < line.size() && hex_digit(line[digits]) >= 0; ++digits) {
    if (size >> 60 != 0) return http_error(413, "the size of a chunk is too big");
    size = size << 4 | static_cast<uint64_t>(hex_digit(line[digits]));
  }
  if (digits == 0) return http_error(400, "a chunk does not begin with its size in hexadecimal");
  const std::string_view extension = line.substr(digits);
  const std::string_view trimmed = trim(extension);
  if (!extension.empty() && (trimmed.empty() || trimmed[0] != ';'))
    return http_error(400, "the size of a chunk has something else behind it");
  if (!is_field_text(extension)) return http_error(400, "the extension of a chunk has a control byte");
  extra_ += extension.size();
  if (extra_ > limits::kHttpChunkExtraMax) return http_error(400, "too many bytes in chunk extensions");
  left_ = size;
  part_ = size == 0 ? Part::trailers : Part::data;
  return {};
}

Step ChunkDecoder::trailer(std::string_view line) {
  trailer_bytes_ += line.size() + 2;
  if (trailer_bytes_ > trailers_max_) return http_error(431, "the trailers are too long");
  if (line.empty()) {
    part_ = Part::done;
    return {};
  }
  return check_field_line(line);
}

Step ChunkDecoder::data(std::string_view bytes) {
  const size_t n = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
  left_ -= n;
  if (left_ == 0) part_ = Part::data_end;
  return {Kind::body, n, bytes.substr(0, n), 0, {}};
}

Step ChunkDecoder::next(std::string_view bytes, uint64_t body_max) {
  size_t at = 0;
  while (part_ != Part::done) {
    const std::string_view rest = bytes.substr(at);
    if (part_ == Part::data) {
      Step step = rest.empty() ? Step{} : data(rest);
      step.consumed += at;
      return step;
    }
    // The lines are short: looking through an incomplete one again costs at most its limit.
    const std::string_view window = rest.substr(0, limits::kHttpChunkLineMax);
    const size_t lf = window.find('\n');
    if (lf == std::string_view::npos) {
      if (part_ == Part::data_end && (rest.size() > 1 || (rest.size() == 1 && rest[0] != '\r')))
        return http_error(400, "a chunk is longer than its size says");
      if (rest.size() >= limits::kHttpChunkLineMax) return http_error(400, "a line between chunks is too long");
      return {Kind::need_more, at, {}, 0, {}};
    }
    if (part_ == Part::data_end) {
      if (lf != 1 || rest[0] != '\r') return http_error(400, "a chunk is longer than its size says");
      part_ = Part::size_line;
      at += 2;
      continue;
    }
    if (lf == 0 || rest[lf - 1] != '\r') return http_error(400, "a line ends with LF alone; HTTP wants CR LF");
    const std::string_view line = rest.substr(0, lf - 1);
    const Step step = part_ == Part::size_line ? size_line(line) : trailer(line);
    if (step.kind == Kind::error) return step;
    at += lf + 1;
    if (part_ != Part::data) continue;
    if (left_ > body_max - std::min(total_, body_max)) return http_error(413, "the body is too big");
    total_ += left_;
  }
  return {Kind::complete, at, {}, 0, {}};
}

}  // namespace signalbox::net
