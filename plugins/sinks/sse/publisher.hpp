// Live events, encoded once for each form that somebody reads.  Belongs to an Endpoint; lane only.
#pragma once
#include <cstddef>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/sinks/sse/counters.hpp"
#include "plugins/sinks/sse/services.hpp"

namespace sse {

class Publisher {
 public:
  // How many there are of each form.
  struct Readers {
    size_t plain, envelope, polls;
  };

  // `policy`: SBX_OUTBOX_*
  Publisher(Services services, const Counters &counters, uint32_t policy)
      : services_(services), counters_(counters), policy_(policy) {}

  // In on_event, because that is when the log takes it.
  void publish(const sbx_event &event, Readers readers) const;

 private:
  void publish_presence(const sbx_event &event) const;
  void publish_gap(const sbx_event &event) const;
  void publish_stream(const sbx_event &event, std::string_view kind, const std::string &piece) const;
  void publish_poll(const sbx_event &event) const;
  void send(const sbx_event &event, std::string_view kind, sbx_frame &frame) const;

  Services services_;
  const Counters &counters_;
  uint32_t policy_;
};

}  // namespace sse
