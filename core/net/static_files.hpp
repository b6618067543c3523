// StaticFiles: the few files that a listener serves by itself (`files:`): a demonstration page, a client library. Files
// are kept in memory, so that a request costs no disk; a changed file is noticed within a second.  Owned by a lane's
// HTTP server, on its lane.  The disk is behind FileReader.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/net/http_head.hpp"

namespace signalbox::net {

struct FileStamp {
  enum class Kind { missing, file, directory };
  Kind kind = Kind::missing;
  uint64_t size = 0;
  int64_t changed_ns = 0;
  bool operator==(const FileStamp &) const = default;
};

class FileReader {
 public:
  virtual ~FileReader() = default;
  // Of `relative` below `root` ("" is root itself).  What leads out of root, by whatever link, is missing.
  virtual FileStamp stamp(const std::string &root, const std::string &relative) = 0;
  // Nothing if it cannot be read or has more than `size_max` bytes.
  virtual std::optional<std::string> read(const std::string &root, const std::string &relative, size_t size_max) = 0;
};

struct StaticReply {
  int status = 200;
  std::vector<HttpHeader> headers;
  std::shared_ptr<const std::string> body;  // null: empty.  Not to be sent for HEAD, but its length is to be told
};

class StaticFiles {
 public:
  struct Mount {
    std::string prefix;  // "/" or "/client" or "/client/": begins with a slash
    std::string path;    // a directory, or one file that answers for exactly the prefix
  };
  StaticFiles(std::vector<Mount> mounts, std::shared_ptr<FileReader> reader);

  // The answer to the request, or nothing if no prefix matches its path.  The longest prefix counts.
  std::optional<StaticReply> answer(const HttpHead &head, int64_t now_s);

 private:
  struct Entry {
    FileStamp stamp;
    int64_t looked_s = 0;
    std::string etag;
    std::string_view type;
    std::shared_ptr<const std::string> content;
  };
  const Mount *find_mount(std::string_view path) const;
  // Kept, and looked at within this second.
  Entry *fresh(const Mount &mount, const std::string &relative, int64_t now_s);
  Entry *entry(const Mount &mount, const std::string &relative, int64_t now_s);
  bool load(Entry &entry, const Mount &mount, const std::string &relative, const FileStamp &stamp);
  StaticReply file_reply(const HttpHead &head, const Entry &entry) const;

  std::vector<Mount> mounts_;  // longest prefix first
  std::shared_ptr<FileReader> reader_;
  std::map<std::string, Entry> entries_;  // by path on disk
  size_t kept_bytes_ = 0;
};

// The relative path that a URL's path means, percent-decoded once; nothing if it is unsafe or hidden: "..", ".", names
// that begin with a dot, empty names, NUL and other control bytes, backslashes, broken escapes.
std::optional<std::string> safe_relative_path(std::string_view encoded);

// By the name's ending; "application/octet-stream" if unknown.
std::string_view content_type_of(std::string_view name);

}  // namespace signalbox::net
