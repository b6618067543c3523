// Front: one mount of this source: bodies that are being read, how many requests there are at a time, answers that come
// later.  What a request means is the business of whoever is behind it.  Lane only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "plugins/sources/oauth/answer.hpp"
#include "plugins/sources/oauth/request.hpp"

namespace oauth {

struct FrontOptions {
  std::string listener, path;
  uint64_t body_max = 0;
  size_t requests_max = 0;
};

class Front {
 public:
  // A whole request: its answer, or nothing when answer() follows.
  using Take = std::function<std::optional<Answer>(sbx_id, const Request &)>;
  Front(sbx::Host host, const sbx_http &http, FrontOptions options, Take take);
  Front(const Front &) = delete;
  Front &operator=(const Front &) = delete;

  sbx_status mount();  // in start()
  void answer(sbx_id id, const Answer &answer);
  // From here on requests are refused, those that are still being read too.
  void refuse_new();
  size_t under_way() const { return exchanges_.size(); }

 private:
  struct Exchange {
    Request request;
    bool waiting = false;  // for its answer
  };
  void on_request(sbx_id id, const sbx_request &request);
  void on_body(sbx_id id, std::string_view chunk, bool last);
  void send(sbx_id id, const Answer &answer);

  sbx::Host host_;
  const sbx_http &http_;
  const FrontOptions options_;
  const Take take_;
  std::unordered_map<sbx_id, Exchange> exchanges_;
  bool stopping_ = false;
};

}  // namespace oauth
