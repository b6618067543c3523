// The second step of presets that have to ask their provider: carries a verifier's questions over sbx.http_client/1 and
// brings back the answers.  What many requests ask at once is asked once, and what was believed is kept for a while.
// How many are under way at a time is limited, for anybody can send a request that makes us ask.  One to an instance;
// lane only.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <sbx/sbx.hpp>
#include <set>
#include <string>
#include <unordered_map>

#include "plugins/sources/webhook/provider_question.hpp"

namespace webhook {

class Inquiries {
 public:
  // Called in a later turn than ask(), once for each number that still waits.
  using Answered = std::function<void(uint64_t number, Question::About about, const ProviderAnswer &answer)>;

  Inquiries(sbx::Host host, const sbx_loop &loop, Answered answered);

  // An answer that is kept; nullptr = it has to be asked.
  const ProviderAnswer *known(const Question &question);
  // False: too many are under way, or nothing can be asked here.  REQUIRES: `number` waits for no other answer
  bool ask(uint64_t number, const Question &question, int64_t timeout_ns);
  void cancel(uint64_t number);

  // An answer that was believed.
  void keep(const Question &question, const ProviderAnswer &answer);
  // Our credentials were refused, or may have been: the next request asks for new ones.
  void forget_tokens();

 private:
  struct Exchange {
    Question question;
    std::set<uint64_t> numbers;
  };
  struct Kept {
    ProviderAnswer answer;
    int64_t until_ns = 0;
  };
  sbx_id fetch(const Question &question, int64_t timeout_ns);
  void on_fetched(sbx_id id, const sbx_fetched &fetched);

  sbx::Host host_;
  const sbx_loop &loop_;
  const sbx_http_client *client_;
  Answered answered_;
  std::map<sbx_id, Exchange> exchanges_;
  std::unordered_map<uint64_t, sbx_id> exchange_of_;
  std::map<std::string, Kept> kept_;
  sbx::Metric answered_count_, failed_, known_, busy_;
};

}  // namespace webhook
