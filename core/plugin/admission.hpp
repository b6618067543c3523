// Who may listen (sbx.admission/1): the gatekeepers of each pipeline, and the round in which a subscribe is shown to
// them, each on its own lane.
#pragma once
#include <sbx/sbx.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/io/lane.hpp"

namespace signalbox {

class Instance;

// Filled before the lanes run, immutable from then on.  [any]
class Gatekeepers {
 public:
  int64_t patience_ns = limits::kAdmissionNs;

  void add(uint32_t scope, Instance &keeper);
  // All of them must say yes; none: everybody may listen.
  const std::vector<Instance *> &of(uint32_t scope) const;
  bool none_of(const std::vector<uint32_t> &scopes) const;

 private:
  std::map<uint32_t, std::vector<Instance *>> by_scope_;
};

// One subscribe before the gatekeepers of its pipelines.  Made and answered on the asker's lane; what the keepers'
// lanes read of it does not change once it is on its way.  Kept alive by what it waits for.
class AdmissionRound : public std::enable_shared_from_this<AdmissionRound> {
 public:
  struct Want {
    std::string channel, auth;  // no channel: refused without a question
  };
  // For each want the pipelines that admit it.
  using Done = std::function<void(std::vector<std::vector<uint32_t>>)>;

  // `done` is called once, in a later turn of `asker`; who has not answered by then has refused.
  static void begin(io::Lane &asker, const Gatekeepers &keepers, std::vector<uint32_t> scopes, std::vector<Want> wants,
                    Done done);

  AdmissionRound(io::Lane &asker, const Gatekeepers &keepers, std::vector<uint32_t> scopes, std::vector<Want> wants,
                 Done done);

 private:
  enum class Verdict : uint8_t { waiting, yes, no };
  void ask(size_t keeper);  // [the keeper's lane]
  void take(size_t keeper, size_t want, sbx_status verdict);
  void end();
  Verdict &verdict(size_t keeper, size_t want) { return verdicts_[keeper * wants_.size() + want]; }
  bool admits(uint32_t scope, size_t want);

  io::Lane &asker_;
  const Gatekeepers &gatekeepers_;
  const std::vector<uint32_t> scopes_;
  const std::vector<Want> wants_;
  std::vector<Instance *> keepers_;  // each once
  std::vector<Verdict> verdicts_;    // keeper by keeper
  size_t left_ = 0;
  io::TimerId timer_ = 0;
  Done done_;  // empty once it was called
};

}  // namespace signalbox
