#include "plugins/sources/redis/resp_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <new>
#include <utility>

namespace redis {

redisReplyObjectFunctions RespReader::callbacks_{on_string, on_array, on_integer, on_nil, on_free};

RespReader::RespReader(size_t bulk_max) : bulk_max_(bulk_max), reader_(nullptr, redisReaderFree) { restart(); }

void RespReader::restart() {
  reader_.reset(redisReaderCreateWithFunctions(&callbacks_));
  if (!reader_) throw std::bad_alloc();
  reader_->privdata = this;
  reader_->maxbuf = 0;  // else hiredis gives its buffer back after every big message
}

// hiredis asks for objects; `this` stands for all of them, the text goes into reply_.  A null answer makes hiredis
// stop with "out of memory"; error_ then says what it really was.
void *RespReader::take(const redisReadTask *t, Reply::Type type, std::string_view text) {
  size_t at = 0;
  if (t->parent) {
    at = static_cast<size_t>(t->idx);
  } else {
    reply_.type = type;
    reply_.count = 1;
    reply_.too_big = false;
  }
  if (text.size() > bulk_max_) {
    // It was complete in one slice, so passing over it costs nothing.
    reply_.too_big = true;
    reply_.size = text.size();
    text = {};
  }
  reply_.fields[at].assign(text);
  return this;
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
  self->reply_.type = Reply::kArray;
  self->reply_.count = static_cast<size_t>(elements);
  self->reply_.too_big = false;
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
  if (!task.parent || task.idx + 1 != task.parent->elements)
    return broken("a bulk of " + std::to_string(length) + " bytes where none is expected");
  size_t so_far = left.size() - line - 2;
  if (length > SIZE_MAX - 2) return broken("a bulk of impossible length");
  passing_over_ = length + 2 - so_far;
  reply_.fields[static_cast<size_t>(task.idx)].clear();
  reply_.too_big = true;
  reply_.size = length;
  restart();  // it was the reply's last field: behind it a new reply begins
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
      return Step::kReply;
    }
    void *done = nullptr;
    if (!parse(done)) return broken(error_.empty() ? reader_->errstr : std::move(error_));
    if (done) return Step::kReply;
    if (waiting() == Step::kBroken) return Step::kBroken;
    if (passing_over_ > 0) continue;
    if (input.empty()) return Step::kMore;
    std::string_view slice = input.substr(0, kSliceMax);
    input.remove_prefix(slice.size());
    if (redisReaderFeed(reader_.get(), slice.data(), slice.size()) != REDIS_OK) return broken(reader_->errstr);
  }
}

}  // namespace redis
