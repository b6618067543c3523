// A plugin's outbound stream (sbx.stream/1): an io::Stream with the plugin's functions behind its events.
#pragma once
#include <sbx/sbx.h>

#include <memory>

#include "core/io/stream.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {

class OutboundStream final : private io::StreamEvents {
 public:
  OutboundStream(Instance &owner, io::DialOptions options, const sbx_stream_events &events, void *user,
                 std::function<void(uint64_t)> forget);
  void begin(uint64_t id) { id_ = id; }
  io::Stream &stream() { return stream_; }

 private:
  void on_open() override;
  void on_data(std::string_view bytes) override;
  void on_drain() override;
  void on_close(io::StreamEnd why, const std::string &words) override;

  const sbx_stream_events events_;
  void *const user_;
  const std::function<void(uint64_t)> forget_;
  uint64_t id_ = 0;
  io::Stream stream_;
};

}  // namespace signalbox
