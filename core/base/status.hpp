// Status and Result<T>: how the core says that something went wrong.  Values, not exceptions: a function that can fail
// returns one and its caller looks.  A message is lower case and says what happened, to what, and what to do.
#pragma once
#include <optional>
#include <string>
#include <utility>

namespace signalbox {

class [[nodiscard]] Status {
 public:
  Status() = default;  // ok
  static Status error(std::string message) {
    Status s;
    s.message_ = std::move(message);
    return s;
  }
  bool ok() const { return !message_; }
  // REQUIRES: !ok()
  const std::string &message() const { return *message_; }

 private:
  std::optional<std::string> message_;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}          // NOLINT(google-explicit-constructor)
  Result(Status status) : status_(std::move(status)) {}  // NOLINT(google-explicit-constructor)
  bool ok() const { return value_.has_value(); }
  const Status &status() const { return status_; }
  const std::string &message() const { return status_.message(); }
  // REQUIRES: ok()
  T &operator*() { return *value_; }
  const T &operator*() const { return *value_; }
  T *operator->() { return &*value_; }
  const T *operator->() const { return &*value_; }
  T take() { return std::move(*value_); }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace signalbox
