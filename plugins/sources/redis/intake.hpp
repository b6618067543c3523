// From a Redis message to an event: prefix, codec, emit, and what is counted and said on the way.  Nothing that comes
// in here can stop the source: what cannot be an event is counted by reason, sampled in the log, and gone.
#pragma once
#include <cstdint>
#include <sbx/sbx.hpp>
#include <set>
#include <string>
#include <string_view>

#include "plugins/sources/redis/laravel_codec.hpp"
#include "plugins/sources/redis/options.hpp"
#include "plugins/sources/redis/sampler.hpp"
#include "plugins/sources/redis/session.hpp"

namespace redis {

// "shop_database_" of "shop_database_private-orders.7": what Laravel puts in front of channels.  Empty: no such prefix.
std::string_view laravel_prefix(std::string_view channel);

class Intake {
 public:
  Intake(sbx::Host host, const Options &options);
  void accept(int64_t now_ns, const Session::Message &m);
  void repeated() { repeated_.add(); }

 private:
  static constexpr size_t kHintsMax = 16;

  // Fills draft_; nullptr, or why it cannot be an event.
  const char *decode(const Session::Message &m, sbx::Draft &draft);
  void malformed(int64_t now_ns, const char *reason, const Session::Message &m);
  void dropped(int64_t now_ns, sbx_status why);
  void hint(std::string_view channel);

  sbx::Host host_;
  const Options &options_;
  Envelope envelope_;
  std::string owned_;
  std::set<std::string, std::less<>> hinted_;
  Sampler malformed_sampler_, dropped_sampler_;
  sbx::Metric messages_, bytes_, repeated_;
};

}  // namespace redis
