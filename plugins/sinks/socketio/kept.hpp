// What is known of one Socket.IO session beside its connection: its channels, and how far the client may have them.
// It outlives the connection, see kept_sessions.hpp.  Plain data; whoever holds it locks.
//
// A connection subscribes in numbered operations, one at a time, and while one is under way the host sends it nothing
// past it: either the replay is over within a turn, or the whole connection is held back and gets its live events
// through the replay, in order.  Of each channel we know which operation joined it, where that began, and where it went
// live; with the client's offset this says from where each channel must be replayed, wherever the line was cut.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sinks/socketio/offset.hpp"

namespace socketio {

// Bytes of all that one session's client offered for being admitted.
inline constexpr size_t kAuthBytesMax = size_t{64} << 10;

struct KeptChannel {
  std::string name;
  std::string since;  // the client's own words, until it is joined
  // What the client offered for being admitted, shown again when the line was cut; empty = nothing.  The channels of a
  // session that were asked for with the same words share them.
  std::shared_ptr<const std::string> auth;
  // The client has subscribed again, and offered this: it is asked for once more, and keeps what it has meanwhile.
  std::shared_ptr<const std::string> offered;
  bool again = false;     // this waits for an operation
  uint64_t again_op = 0;  // the operation that asks; 0 = none does
  uint64_t op = 0;        // the operation that joins it; 0 = waits for one
  Place begin;            // the client needs what comes after this (when `begun`)
  Place live;             // what came by replay lies up to here (when `is_live`)
  bool begun = false;     // else `since` or the channel's `replay:` decides
  bool joined = false;    // the host has taken it
  bool is_live = false;   // its replay is over
  bool whole = false;     // it was joined with a cursor, and without a gap
};

struct Kept {
  std::string pid, key, sid;
  uint64_t ops = 0;  // operations so far
  std::vector<KeptChannel> channels;

  KeptChannel *find(std::string_view name);
  // Those that wait for an operation, to be joined or to be asked for again.
  size_t waiting() const;
  // The same words as another channel's, or new ones; nothing: the session keeps too many already.
  std::optional<std::shared_ptr<const std::string>> share_auth(const std::string &auth) const;
  void erase(std::string_view name);
  // From where a client that shows this offset (or none) needs the channel.  REQUIRES: channel.begun
  Place since(const KeptChannel &channel, const std::optional<Offset> &offset) const;
  // The connection is another one: every channel waits to be joined anew, from where the client needs it.
  void resume(const std::optional<Offset> &offset);
  size_t bytes() const;
  // The client has all that was sent before this place, of the operations up to this one.
  void confirm(uint64_t op, const Place &head);
};

}  // namespace socketio
