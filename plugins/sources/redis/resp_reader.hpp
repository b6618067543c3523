// RESP2 replies out of bytes that arrive in any pieces.  hiredis parses (with callbacks of ours, so no reply trees);
// this bounds what it would not bound: the size of a bulk, the length of a line, elements, nesting.  A bulk that is
// too big is passed over, not kept: another application's huge PUBLISH must not cost the connection.
#pragma once
#include <hiredis/read.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace redis {

struct Reply {
  enum Type { kStatus, kError, kInteger, kString, kNil, kArray };
  static constexpr size_t kFieldsMax = 4;  // ["pmessage", pattern, channel, payload]
  Type type = kNil;
  bool too_big = false;  // a field was over the limit and is empty
  size_t size = 0;       // of that field, as announced
  size_t count = 0;      // fields of an array; else 1
  std::array<std::string, kFieldsMax> fields;
};

class RespReader {
 public:
  explicit RespReader(size_t bulk_max);
  RespReader(const RespReader &) = delete;
  RespReader &operator=(const RespReader &) = delete;

  enum class Step { kReply, kMore, kBroken };
  // Eats from the front of `input` up to the end of the next reply, which reply() then holds until the next call.
  // kMore: all was eaten and the reply goes on.  kBroken: the peer does not speak RESP, or broke a limit: see error().
  Step next(std::string_view &input);
  const Reply &reply() const { return reply_; }
  const std::string &error() const { return error_; }

 private:
  static constexpr size_t kSliceMax = 16u << 10;  // hiredis moves what is left of a slice after each kilobyte it ate
  static constexpr size_t kLineMax = 64u << 10;   // statuses, errors, lengths

  static void *on_string(const redisReadTask *t, char *s, size_t n);
  static void *on_array(const redisReadTask *t, int elements);
  static void *on_integer(const redisReadTask *t, long long v);
  static void *on_nil(const redisReadTask *t);
  static void on_free(void *) {}
  static redisReplyObjectFunctions callbacks;

  void begin(Reply::Type type, size_t count);
  void *take(const redisReadTask *t, Reply::Type type, std::string_view text);
  void restart();
  bool parse(void *&done);
  Step waiting();
  Step broken(std::string why);

  const size_t bulk_max_;
  std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader_;
  Reply reply_;
  std::string error_;
  size_t first_ = 0;         // the field that the parser's element 0 is: not 0 behind a bulk that was passed over
  size_t passing_over_ = 0;  // bytes of a bulk that is too big, still to come
};

}  // namespace redis
