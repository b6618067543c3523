// What a verifier must ask a provider before it can judge a request, and what was answered.  The verifier says what to
// ask and reads the answers; who carries them is inquiries.hpp, so all that is believed is decided without a network.
// Values; any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace webhook {

struct Question {
  enum class About { kCertificate, kToken, kPayment, kConfirmation };
  About about = About::kConfirmation;
  std::string method = "GET", url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  size_t credential = 0;  // which of several that were set it shows

  // The same for every request that asks the same; empty = the answer belongs to one request.
  std::string shared_key() const;
};

// Status 0: there was none.
struct ProviderAnswer {
  uint32_t status = 0;
  std::string body;
  size_t credential = 0;  // that the question showed
};
using Evidence = std::map<Question::About, ProviderAnswer>;

// How long an answer that was believed may be used again, in seconds; 0 = not at all.
int64_t keep_s(Question::About about, const ProviderAnswer &answer);

}  // namespace webhook
