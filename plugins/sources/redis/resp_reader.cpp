#include "plugins/sources/redis/resp_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <new>
#include <utility>

namespace redis {

redisReplyObjectFunctions RespReader::callbacks{on_string, on_array, on_integer, on_nil, on_free};

RespReader::RespReader(size_t bulk_max) : bulk_max_(bulk_max), reader_(nullptr, redisReaderFree) { restart(); }

void RespReader::restart() {
  reader_.reset(redisReaderCreateWithFunctions(&callbacks));
  if (!reader_) throw std::bad_alloc();
  reader_->privdata = this;
  reader_->maxbuf = 0;  // else hiredis gives its buffer back after every big message
}

// hiredis asks for objects; `this` stands for all of them, the text goes into reply_.  A null answer makes hiredis
// stop with "out of memory"; error_ then says what it really was.
void *RespReader::take(const redisReadTask *t, Reply::Type type, std::string_view text) {
  const size_t at = t->parent ? first_ + static_cast<size_t>(t->idx) : 0;
  const size_t limit = type == Reply::kString ? bulk_max_ : kLineMax;
  if (!t->parent) begin(type, 1);
  if (text.size() > limit) {
    if (!t->parent || type != Reply::kString) return error_ = "a reply that is too long", nullptr;
    // Like waiting(), but it came in one slice and is already here.
    reply_.too_big = true;
    reply_.size = text.size();
    text = {};
  }
  reply_.fields[at].assign(text);
  return this;
}

void RespReader::begin(Reply::Type type, size_t count) {
  reply_.type = type;
  reply_.count = count;
  reply_.too_big = false;
  reply_.size = 0;
}

void *RespReader::on_string(const redisReadTask *t, char *s, size_t n) {
  auto type = t->type == REDIS_REPLY_ERROR    ? Reply::kError
              : t->type == REDIS_REPLY_STATUS ? Reply::kStatus
                                              : Reply::kString;
  return static_cast<RespReader *>(t->privdata)->take(t, type, {s, n});
}
void *RespReader::on_array(const redisReadTask *t, int elements) {
  auto *self = static_cast<RespReader *>(t->privdata);
  if (t->parent) return self->error_ = "an array inside an array", nullptr;
  if (elements < 0 || static_cast<size_t>(elements) > Reply::kFieldsMax)
    return self->error_ = "an array of " + std::to_string(elements) + " elements", nullptr;
  if (self->first_ == 0) self->begin(Reply::kArray, static_cast<size_t>(elements));
  return self;
}
void *RespReader::on_integer(const redisReadTask *t, long long v) {
  return static_cast<RespReader *>(t->privdata)->take(t, Reply::kInteger, std::to_string(v));
}
void *RespReader::on_nil(const redisReadTask *t) {
  return static_cast<RespReader *>(t->privdata)->take(t, Reply::kNil, {});
}

bool RespReader::parse(void *&done) {
  done = nullptr;
  return redisReaderGetReply(reader_.get(), &done) == REDIS_OK;
}

RespReader::Step RespReader::broken(std::string why) {
  error_ = std::move(why);
  return Step::kBroken;
}

// hiredis wants more bytes.  Is it for something that we are willing to wait for?
RespReader::Step RespReader::waiting() {
  std::string_view left(reader_->buf + reader_->pos, reader_->len - reader_->pos);
  if (reader_->ridx < 0) return Step::kMore;
  const redisReadTask &task = reader_->rstack[reader_->ridx];
  size_t line = left.find("\r\n");
  if (task.type != REDIS_REPLY_STRING || line == std::string_view::npos)
    return left.size() > kLineMax ? broken("a line without end") : Step::kMore;

  // Inside a bulk: "<length>\r\n<bytes so far>", and hiredis has checked the length.
  size_t length = 0;
  std::from_chars(left.data(), left.data() + line, length);
  if (length <= bulk_max_) return Step::kMore;
  if (!task.parent || length > SIZE_MAX / 2) return broken("a reply that is too long");
  reply_.fields[first_ + static_cast<size_t>(task.idx)].clear();
  reply_.too_big = true;
  reply_.size = length;
  passing_over_ = length + 2 - (left.size() - line - 2);
  // A new parser takes the fields behind it for an array of their own.
  const int behind = task.parent->elements - task.idx - 1;
  first_ += static_cast<size_t>(task.idx) + 1;
  restart();
  const std::string head = "*" + std::to_string(behind) + "\r\n";
  if (redisReaderFeed(reader_.get(), head.data(), head.size()) != REDIS_OK) return broken(reader_->errstr);
  return Step::kMore;
}

RespReader::Step RespReader::next(std::string_view &input) {
  if (!error_.empty()) return Step::kBroken;
  for (;;) {
    if (passing_over_ > 0) {
      size_t n = std::min(passing_over_, input.size());
      input.remove_prefix(n);
      passing_over_ -= n;
      if (passing_over_ > 0) return Step::kMore;
    }
    void *done = nullptr;
    if (!parse(done)) return broken(error_.empty() ? reader_->errstr : std::move(error_));
    if (done) {
      first_ = 0;
      return Step::kReply;
    }
    if (waiting() == Step::kBroken) return Step::kBroken;
    if (passing_over_ > 0) continue;
    if (input.empty()) return Step::kMore;
    std::string_view slice = input.substr(0, kSliceMax);
    input.remove_prefix(slice.size());
    if (redisReaderFeed(reader_.get(), slice.data(), slice.size()) != REDIS_OK) return broken(reader_->errstr);
  }
}

}  // namespace redis
