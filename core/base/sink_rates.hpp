// SinkRates: the token buckets of one sink, as `sinks.<name>.limits` says them.  Plain values.
#pragma once
#include "core/base/token_bucket.hpp"

namespace signalbox {

struct SinkRates {
  Rate connects_address;
  Rate subscribes_connection, subscribes_address, subscribes_principal;
  Rate says_connection, says_address, says_principal;  // client events
};

}  // namespace signalbox
