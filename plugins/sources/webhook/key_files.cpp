#include "plugins/sources/webhook/key_files.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sbx/json_text.hpp>
#include <utility>

#include "plugins/sources/webhook/digest.hpp"

namespace webhook {
namespace {

using Json = nlohmann::json;

constexpr size_t kFilesMax = 64;

const char *words_for(sbx_status why) {
  switch (why) {
    case SBX_ENOENT:
      return "there is no such file";
    case SBX_EREFUSED:
      return "this program may not read it";
    case SBX_ETOOBIG:
      return "it is longer than 1 MiB";
    default:
      return "it is no file that can be read";
  }
}

// What stands in for `{ file: PATH }`, and where it was.
class Filler {
 public:
  Filler(sbx::Host host, const Complain &complain, std::vector<std::string> &paths)
      : host_(host), files_(host.service<sbx_files>()), complain_(complain), paths_(paths) {}

  bool fill_all(Json &secrets) {
    for (auto &[name, value] : secrets.items()) {
      const std::string where = "/secrets/" + name;
      if (value.is_object() && !value.contains("file")) {
        for (auto &[id, one] : value.items()) fill(one, std::string(where).append("/").append(pointer_step(id)));
      } else if (value.is_array()) {
        for (size_t i = 0; i < value.size(); ++i) fill(value[i], where + "/" + std::to_string(i));
      } else {
        fill(value, where);
      }
    }
    return fine_;
  }

 private:
  void problem(const std::string &where, const std::string &what) {
    complain_(where, what);
    fine_ = false;
  }
  void fill(Json &value, const std::string &where) {
    if (!value.is_object()) return;
    if (value.size() != 1 || !value.contains("file") || !value["file"].is_string())
      return problem(where, "a secret is a text, or { file: PATH } and nothing beside it");
    const std::string path = value["file"];
    if (std::find(paths_.begin(), paths_.end(), path) == paths_.end()) paths_.push_back(path);
    if (paths_.size() > kFilesMax) return problem(where, "secrets are read from more than 64 files");
    if (!files_) return problem(where, "this signalbox is too old to read secrets from files");
    std::string said;
    const sbx_status status = files_->read(
        host_.get(), sbx::raw(path),
        [](void *to, sbx_str bytes) noexcept { static_cast<std::string *>(to)->assign(bytes.ptr, bytes.len); }, &said);
    if (status != SBX_OK) return problem(where, "the file " + path + " cannot be read: " + words_for(status));
    // An editor ends a file with a line break, which is never part of a secret.
    const size_t from = said.find_first_not_of(" \t\r\n");
    if (from == std::string::npos)
      return problem(where, "the file " + path + " is empty, so nothing could be verified");
    said = said.substr(from, said.find_last_not_of(" \t\r\n") - from + 1);
    if (!sbx::json::valid_utf8(said)) return problem(where, "the file " + path + " is not text: is it a key in DER?");
    value = std::move(said);
  }

  sbx::Host host_;
  const sbx_files *files_;
  const Complain &complain_;
  std::vector<std::string> &paths_;
  bool fine_ = true;
};

}  // namespace

std::optional<std::string> KeyFiles::read(const Complain &complain) {
  Json config = Json::parse(config_);
  const auto secrets = config.find("secrets");
  if (secrets == config.end() || !secrets->is_object()) return config_;
  paths_.clear();
  if (!Filler(host_, complain, paths_).fill_all(*secrets)) return std::nullopt;
  std::string filled = config.dump();
  if (in_use_.empty()) in_use_ = digest_of(Hash::kSha256, filled);
  return filled;
}

void KeyFiles::watch(Renew renew) {
  renew_ = std::move(renew);
  const auto *files = host_.service<sbx_files>();
  for (const std::string &path : paths_) {
    const sbx_id watched = files->watch(
        host_.get(), sbx::raw(path),
        [](void *self, sbx_id) noexcept {
          auto &k = *static_cast<KeyFiles *>(self);
          sbx::guarded(k.host_, [&] { k.on_change(); });
        },
        this);
    if (watched == 0)
      host_.log(SBX_WARN, "too many files are watched: when " + path + " changes it is read at the next reload only");
  }
}

void KeyFiles::on_change() {
  std::string fault;
  const Complain note = [&](const std::string &where, const std::string &what) {
    if (fault.empty()) fault.append(where.substr(1)).append(": ").append(what);
  };
  const auto config = read(note);
  const std::string digest = config ? digest_of(Hash::kSha256, *config) : std::string();
  if (config && (digest == in_use_ || renew_(*config, note))) {
    if (digest != in_use_) host_.log(SBX_INFO, "the secrets were read again, because a file of theirs has changed");
    if (digest == in_use_ && !fault_.empty()) host_.log(SBX_INFO, "the files of the secrets are in order again");
    in_use_ = digest;
    fault_.clear();
    return;
  }
  if (fault == fault_) return;
  host_.log(SBX_ERROR, "a file of the secrets has changed and cannot be used; the old ones stay in use: " + fault);
  fault_ = fault;
}

}  // namespace webhook
