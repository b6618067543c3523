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
#include "core/plugin/grant.hpp"
#include "core/plugin/visitor.hpp"

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
  // One for each want.
  using Done = std::function<void(std::vector<Admission>)>;
  struct Asker {
    io::Lane &lane;
    VisitorPtr visitor;  // may be nullptr
  };

  // `done` is called once, in a later turn of the asker's lane; who has not answered by then has refused.
  static void begin(Asker asker, const Gatekeepers &keepers, std::vector<uint32_t> scopes, std::vector<Want> wants,
                    Done done);

  AdmissionRound(Asker asker, const Gatekeepers &keepers, std::vector<uint32_t> scopes, std::vector<Want> wants,
                 Done done);

 private:
  struct Answer {
    bool given = false;
    Verdict verdict;
  };
  void ask(size_t keeper);  // [the keeper's lane]
  void take(size_t keeper, size_t want, Verdict verdict);
  void end();
  Answer &answer(size_t keeper, size_t want) { return answers_[keeper * wants_.size() + want]; }
  const Verdict &verdict(const Instance *keeper, size_t want);
  bool admits(uint32_t scope, size_t want);
  Admission judge(size_t want);

  const Asker asker_;
  const Gatekeepers &gatekeepers_;
  const std::vector<uint32_t> scopes_;
  const std::vector<Want> wants_;
  std::vector<Instance *> keepers_;  // each once
  std::vector<Answer> answers_;      // keeper by keeper
  size_t left_ = 0;
  io::TimerId timer_ = 0;
  Done done_;  // empty once it was called
};

}  // namespace signalbox
