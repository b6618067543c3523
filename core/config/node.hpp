// The configuration file as a tree of values that know where they stand.  Plain values, made by parse(), changed only
// by interpolate().  Scalars are typed as in the YAML 1.2 core schema: plain true, 12, 1.5 and null are what they look
// like; quoted ones, and plain yes, no, on, off, are text.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/config/position.hpp"

namespace signalbox::config {

struct Entry;

struct Node {
  enum class Kind { null, scalar, sequence, map };

  Kind kind = Kind::null;
  bool quoted = false;        // always text, whatever it looks like
  bool interpolated = false;  // `text` has parts that came from outside the file: show `written`, never `text`
  bool sole = false;          // it is nothing but one ${...}, in quotes or not: a schema may read it as a number
  bool broken = false;        // a problem was reported here already; later steps are silent about it
  std::string text;           // of a scalar
  std::string written;        // of an interpolated scalar: as it stands in the file
  Position at;
  std::vector<Node> items;     // of a sequence
  std::vector<Entry> entries;  // of a map, in the order of the file

  // The value of a key of this map, or null.
  const Node *find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Position at;  // of the key
  Node value;
};

// Bits, so that a set of them is an unsigned.
enum class Type : unsigned { null = 1, boolean = 2, integer = 4, number = 8, string = 16, array = 32, object = 64 };

Type type_of(const Node &);
// The type that `text` has when it is written without quotes.
Type plain_type(std::string_view text);

// A tree as JSON text, typed by type_of.
std::string to_json(const Node &);

}  // namespace signalbox::config
