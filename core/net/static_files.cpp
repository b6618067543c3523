#include "core/net/static_files.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/base/limits.hpp"
#include "core/base/text.hpp"
#include "core/net/http_text.hpp"

namespace signalbox::net {
namespace {

StaticReply plain_reply(int status, std::string text) {
  StaticReply reply;
  reply.status = status;
  reply.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
  reply.body = std::make_shared<const std::string>(std::move(text));
  return reply;
}

// Made from the content, so that every lane and every restart agrees (FNV-1a, 64 bits, and the size).
std::string make_etag(std::string_view content) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const unsigned char c : content) hash = (hash ^ c) * 0x100000001b3u;
  char hex[17] = {};
  std::to_chars(hex, hex + 16, hash, 16);
  return "\"" + std::string(hex) + "-" + std::to_string(content.size()) + "\"";
}

// If-None-Match compares weakly (RFC 9110 section 13.1.2).
bool none_match_has(const HttpHead &head, std::string_view etag) {
  for (const HttpHeader &h : head.headers) {
    if (h.name != "if-none-match") continue;
    std::string_view list = h.value;
    while (auto tag = next_in_list(list)) {
      if (tag->starts_with("W/")) tag->remove_prefix(2);
      if (*tag == etag || *tag == "*") return true;
    }
  }
  return false;
}

std::string path_on_disk(const StaticFiles::Mount &mount, const std::string &relative) {
  return relative.empty() ? mount.path : mount.path + '/' + relative;
}

bool name_is_safe(std::string_view name) {
  if (name.empty() || name[0] == '.') return false;
  return std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '\\'; });
}

}  // namespace

std::optional<std::string> safe_relative_path(std::string_view encoded) {
  auto path = percent_decode(encoded);
  if (!path || path->empty()) return path;
  std::string_view rest = *path;
  if (rest.back() == '/') rest.remove_suffix(1);
  for (size_t begin = 0; begin <= rest.size();) {
    const size_t end = std::min(rest.find('/', begin), rest.size());
    if (!name_is_safe(rest.substr(begin, end - begin))) return std::nullopt;
    begin = end + 1;
  }
  return path;
}

StaticFiles::StaticFiles(std::vector<Mount> mounts, std::shared_ptr<FileReader> reader)
    : mounts_(std::move(mounts)), reader_(std::move(reader)) {
  for (Mount &mount : mounts_)
    if (mount.prefix.size() > 1 && mount.prefix.ends_with('/')) mount.prefix.pop_back();
  std::stable_sort(mounts_.begin(), mounts_.end(),
                   [](const Mount &a, const Mount &b) { return a.prefix.size() > b.prefix.size(); });
}

const StaticFiles::Mount *StaticFiles::find_mount(std::string_view path) const {
  for (const Mount &mount : mounts_) {
    if (!path.starts_with(mount.prefix)) continue;
    if (mount.prefix == "/" || path.size() == mount.prefix.size() || path[mount.prefix.size()] == '/') return &mount;
  }
  return nullptr;
}

bool StaticFiles::load(Entry &entry, const Mount &mount, const std::string &relative, const FileStamp &stamp) {
  if (entry.content) kept_bytes_ -= entry.content->size();
  entry.content = nullptr;
  auto content = reader_->read(mount.path, relative, limits::kStaticFileMax);
  if (!content) return false;
  // Rather slow than full of memory: start afresh.  Bodies on their way are kept alive by their readers.
  if (kept_bytes_ + content->size() > limits::kStaticKeptMax) {
    for (auto &[path, other] : entries_) other.content = nullptr;
    kept_bytes_ = 0;
  }
  kept_bytes_ += content->size();
  entry.etag = make_etag(*content);
  entry.stamp = stamp;
  entry.content = std::make_shared<const std::string>(std::move(*content));
  return true;
}

StaticFiles::Entry *StaticFiles::fresh(const Mount &mount, const std::string &relative, int64_t now_s) {
  const auto found = entries_.find(path_on_disk(mount, relative));
  if (found == entries_.end() || !found->second.content || found->second.looked_s != now_s) return nullptr;
  return &found->second;
}

StaticFiles::Entry *StaticFiles::entry(const Mount &mount, const std::string &relative, int64_t now_s) {
  const FileStamp stamp = reader_->stamp(mount.path, relative);
  if (stamp.kind != FileStamp::Kind::file) return nullptr;
  const std::string path = path_on_disk(mount, relative);
  // Links to directories can give one file any number of paths.
  if (!entries_.contains(path) && entries_.size() >= limits::kStaticFilesMax) {
    entries_.clear();
    kept_bytes_ = 0;
  }
  Entry &entry = entries_[path];
  if ((!entry.content || entry.stamp != stamp) && !load(entry, mount, relative, stamp)) return nullptr;
  entry.type = content_type_of(path);
  entry.looked_s = now_s;
  return &entry;
}

StaticReply StaticFiles::file_reply(const HttpHead &head, const Entry &entry) const {
  StaticReply reply;
  reply.headers.push_back({"ETag", entry.etag});
  reply.headers.push_back({"Cache-Control", "no-cache"});
  if (none_match_has(head, entry.etag)) {
    reply.status = 304;
    return reply;
  }
  reply.headers.push_back({"Content-Type", std::string(entry.type)});
  reply.headers.push_back({"X-Content-Type-Options", "nosniff"});
  reply.body = entry.content;
  return reply;
}

std::optional<StaticReply> StaticFiles::answer(const HttpHead &head, int64_t now_s) {
  const Mount *mount = find_mount(head.path);
  if (mount == nullptr) return std::nullopt;
  if (head.method != "GET" && head.method != "HEAD") {
    StaticReply reply = plain_reply(405, "only GET and HEAD are answered here\n");
    reply.headers.push_back({"Allow", "GET, HEAD"});
    return reply;
  }
  const StaticReply missing = plain_reply(404, "there is no such file\n");
  std::string_view below = std::string_view(head.path).substr(mount->prefix.size());
  if (mount->prefix != "/" && !below.empty()) below.remove_prefix(1);
  auto relative = safe_relative_path(below);
  if (!relative) return missing;
  if (relative->ends_with('/')) relative->pop_back();
  const bool slash = head.path.ends_with('/');
  const std::string index = relative->empty() ? "index.html" : *relative + "/index.html";
  if (const Entry *kept = fresh(*mount, slash ? index : *relative, now_s)) return file_reply(head, *kept);

  const FileStamp::Kind kind = reader_->stamp(mount->path, *relative).kind;
  if (kind == FileStamp::Kind::directory && !slash) {
    StaticReply reply = plain_reply(301, "this is a directory\n");
    reply.headers.push_back({"Location", head.path + "/" + (head.query.empty() ? "" : "?" + head.query)});
    return reply;
  }
  // A file is not a directory, but a file that is mounted at "/" or "/page/" is meant by just that.
  if (kind == FileStamp::Kind::file && slash && head.path != mount->prefix) return missing;
  const Entry *file = entry(*mount, kind == FileStamp::Kind::directory ? index : *relative, now_s);
  return file != nullptr ? file_reply(head, *file) : missing;
}

}  // namespace signalbox::net
