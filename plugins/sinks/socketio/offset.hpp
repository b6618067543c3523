// Where a client stands, as connection state recovery (socket.io-client 4.6) carries it: the text behind every event,
// which the client hands back when it returns.  Two forms, both opaque to clients:
//   <cursor>               a live event, or a greeting: this client has all its channels up to here
//   <cursor>.<op>.<seq>    an event of the replay that subscribe operation `op` began: the channels of that operation
//                          are complete up to `seq` (0: nothing of them yet), those of earlier ones up to the cursor
// So a channel that is joined later replays its older events without moving the others back.  Lane only.
#pragma once
#include <cstdint>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

namespace socketio {

// A place in the log.
struct Place {
  uint64_t epoch = 0, seq = 0;
  bool operator==(const Place &) const = default;
};
// The further of the two; one of another epoch is taken as it is, so that the log finds the gap.
Place later_of(const Place &known, const Place &shown);

struct Offset {
  Place place;
  uint64_t op = 0, seq = 0;  // op 0: the plain form
  bool operator==(const Offset &) const = default;
};

// The log's own text of places.
class Cursors {
 public:
  Cursors(sbx::Host host, const sbx_log *log) : host_(host), log_(log) {}

  std::string text(const Place &place) const;
  std::optional<Place> parse(std::string_view text) const;
  Place head() const;

  std::string offset_text(const Offset &offset) const;
  // Nothing: it is no offset of ours.
  std::optional<Offset> parse_offset(std::string_view text) const;

 private:
  sbx::Host host_;
  const sbx_log *log_;
};

}  // namespace socketio
