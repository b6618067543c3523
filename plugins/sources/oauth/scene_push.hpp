// ScenePush: logins by an official account's scene QR code (WeChat).  The provider's server posts that somebody scanned
// the code, and its answer is a message with a link; the page behind that link, opened on the phone, asks who he is by
// the number that the waiting page shows.  Only then is anybody logged in: whoever shows his own code to somebody else
// (QRLjacking) has him confirm nothing by the scan alone.  One to each provider with `scene`; lane only.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/sources/oauth/answer.hpp"
#include "plugins/sources/oauth/provider.hpp"
#include "plugins/sources/oauth/scene_confirm.hpp"
#include "plugins/sources/oauth/scene_keys.hpp"
#include "plugins/sources/oauth/scene_memory.hpp"
#include "plugins/sources/oauth/scene_message.hpp"
#include "plugins/sources/oauth/scene_reply.hpp"
#include "plugins/sources/webhook/complaints.hpp"
#include "plugins/sources/webhook/verifier.hpp"

namespace oauth {

class Waits;
class Flow;
struct Wait;

// How the phone reaches us.  `public_url` without a slash at its end, `path` with one at its beginning.
struct SceneAddress {
  std::string public_url, path;
};

class ScenePush {
 public:
  // `complain` gets pointers below /providers/NAME.  Nothing after at least one complaint.
  // REQUIRES: provider.scene; provider, waits and flow outlive this
  static std::unique_ptr<ScenePush> make(sbx::Host host, const Provider &provider, const SceneAddress &address,
                                         Waits &waits, Flow &flow, const Complain &complain);

  // PATH/PROVIDER/push: from the provider's server; GET tries the address out, POST tells something.
  Answer push(const sbx_request &request, std::string_view body, int64_t wall_ns);
  // PATH/PROVIDER/confirm: from the phone's browser.  `respond` is called once, later where a login has to be made safe
  // first; it may outlive this.
  void confirm(const sbx_request &request, std::string_view body, const std::function<void(Answer)> &respond);

 private:
  ScenePush(sbx::Host host, const Provider &provider, const SceneAddress &address, Waits &waits, Flow &flow,
            webhook::Verifier verifier);
  Answer take(const SceneMessage &message, int64_t wall_ns);
  Answer link(const SceneMessage &message, const Wait &wait, int64_t wall_ns);
  Answer text(const SceneMessage &message, const std::string &content, int64_t wall_ns);
  Answer success() const;
  Answer refuse(const webhook::Verdict &verdict);
  Wait *open_wait(std::string_view scene);

  sbx::Host host_;
  const sbx_loop &loop_;
  const Provider &provider_;
  const std::string confirm_url_;
  Waits &waits_;
  Flow &flow_;
  const webhook::Verifier verifier_;
  const ReplyKeys reply_keys_;
  const SceneKeys keys_;
  SeenPushes seen_;
  ScanLimit limit_;
  SceneConfirm confirm_;
  webhook::Complaints complaints_;
  sbx::Metric scanned_, ignored_, limited_, refused_;
};

}  // namespace oauth
