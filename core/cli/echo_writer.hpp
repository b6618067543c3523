// EchoWriter: the sections of the pipeline file that `signalbox import` prints.  Lives as long as one import.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/echo_import.hpp"

namespace signalbox {

class EchoWriter {
 public:
  explicit EchoWriter(const EchoSettings &settings) : settings_(settings) {}
  EchoImport write() &&;

 private:
  void head();
  void listener();
  void origins();
  void tls();
  void sources();
  void redis();
  void sentinels();
  void api();
  void filters();
  void endpoints();
  void sink();
  void transport();
  void tail();
  void left_out();

  // One line; `depth` is its indentation in steps of two.
  void line(int depth, std::string_view text);
  // A comment of one or more lines, cut where the texts end.
  void comment(int depth, std::initializer_list<std::string_view> lines);
  void note(std::string text) { out_.notes.push_back(std::move(text)); }

  const EchoSettings &settings_;
  EchoImport out_;
  size_t secrets_ = 0;
};

}  // namespace signalbox
