// SceneConfirm: the page behind the link on the phone.  Looking at it changes nothing, however often (chat programs
// fetch links to preview them); its form ends the wait, whichever button it was.  One to a ScenePush; lane only.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

#include "plugins/sources/oauth/answer.hpp"
#include "plugins/sources/oauth/provider.hpp"
#include "plugins/sources/oauth/scene_keys.hpp"

namespace oauth {

class Waits;
class Flow;
struct Wait;

// What the form said.  Nothing, when a field is missing, comes twice or is longer than any of ours.
struct ConfirmForm {
  std::string secret, token, choice;
};
std::optional<ConfirmForm> read_confirm_form(std::string_view body);
// `c` of the link's query; empty when there is none, or it cannot be ours.
std::string read_link_secret(std::string_view query);

class SceneConfirm {
 public:
  using Respond = std::function<void(Answer)>;
  // `origin`: that of our public URL.  REQUIRES: all but `origin` outlive this
  SceneConfirm(sbx::Host host, const Provider &provider, std::string origin, const SceneKeys &keys, Waits &waits,
               Flow &flow);

  void answer(const sbx_request &request, std::string_view body, const Respond &respond);

 private:
  Answer show(const sbx_request &request);
  void decide(const sbx_request &request, std::string_view body, const Respond &respond);
  void accept(Wait &wait, const sbx_request &request, const Respond &respond);
  bool from_own_page(const sbx_request &request) const;
  Wait *wait_of(std::string_view secret);

  sbx::Host host_;
  const sbx_loop &loop_;
  const Provider &provider_;
  const std::string origin_;
  const SceneKeys &keys_;
  Waits &waits_;
  Flow &flow_;
  sbx::Metric confirmed_, denied_, wrong_, refused_;
};

}  // namespace oauth
