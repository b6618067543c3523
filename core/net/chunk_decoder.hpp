// ChunkDecoder: the chunked transfer coding of a request body (RFC 9112 section 7.1).  Owned by HttpParser.
// Our own instead of Beast's: it looks at every line once, bounds extensions and trailers, and drops both.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/net/http_parser.hpp"

namespace signalbox::net {

class ChunkDecoder {
 public:
  explicit ChunkDecoder(size_t trailers_max) : trailers_max_(trailers_max) {}
  // One step as of HttpParser::next, without Kind::head.
  HttpParser::Step next(std::string_view bytes, uint64_t body_max);

 private:
  enum class Part { size_line, data, data_end, trailers, done };
  HttpParser::Step size_line(std::string_view line);
  HttpParser::Step trailer(std::string_view line);
  HttpParser::Step data(std::string_view bytes);

  Part part_ = Part::size_line;
  size_t trailers_max_;
  uint64_t left_ = 0;         // of this chunk
  uint64_t total_ = 0;        // of all chunks so far, this one included
  size_t extra_ = 0;          // bytes of extensions so far
  size_t trailer_bytes_ = 0;  // bytes of trailers so far
};

}  // namespace signalbox::net
