// Who the connections are, by whose leave they are in their channels, and what they may say.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/plugin/channel_group.hpp"
#include "core/plugin/subscriptions.hpp"

namespace signalbox {
namespace {

constexpr int64_t kExpiryNs = 1'000'000'000;

}  // namespace

bool Subscriptions::knock(std::string_view peer) const { return !rates_ || rates_->connect(peer, lane_.lane.now_ns()); }

sbx_status Subscriptions::enter(uint64_t conn, const sbx_visitor &visitor) {
  net::Member *member = find(conn);
  if (!member) return SBX_ESTALE;
  if (!member->known()) {
    member->set_known(true);
    ++connections_;
  }
  // Whom nobody asks is not remembered: idle connections cost next to nothing.
  if (world_.gatekeepers.none_of(scopes_) && !(rates_ && rates_->by_address())) return SBX_OK;
  bool whole = true;
  const VisitorPtr former = guests_.visitor(conn);
  guests_.enter(conn, Visitor::make(visitor, former.get(), whole));
  return whole ? SBX_OK : SBX_ETOOBIG;
}

// ---- by whose leave

void Subscriptions::ask_gatekeepers(uint64_t conn, SubscribeRequest &request, const sbx_subscribe &wanted) {
  const VisitorPtr visitor = guests_.visitor(conn);
  const std::string_view peer = visitor ? std::string_view(visitor->peer()) : std::string_view();
  if (rates_ && !rates_->subscribe(unique(conn), peer, request.wants.size(), lane_.lane.now_ns())) {
    for (Want &want : request.wants) want.admission.code = kTooMany;
    return;
  }
  if (world_.gatekeepers.none_of(scopes_)) {
    for (Want &want : request.wants)
      if (!is_restricted(want.channel)) want.admission.scopes = scopes_;
    return;
  }
  std::vector<AdmissionRound::Want> shown;
  shown.reserve(request.wants.size());
  for (size_t i = 0; i < request.wants.size(); ++i) {
    const std::string &channel = request.wants[i].channel;
    shown.push_back({Event::is_channel(channel) ? channel : "", std::string(text(wanted.channels[i].auth))});
  }
  request.round = ++last_round_;
  AdmissionRound::begin({lane_.lane, visitor}, world_.gatekeepers, scopes_, std::move(shown),
                        [this, weak = std::weak_ptr<Reader>(readers_.at(conn)),
                         round = request.round](std::vector<Admission> admissions) {
                          if (const auto alive = weak.lock()) admitted(*alive, round, std::move(admissions));
                        });
}

void Subscriptions::admitted(Reader &at, uint64_t round, std::vector<Admission> admissions) {
  for (Admission &one : admissions) {
    if (one.scopes.empty() || !one.grant || !rates_) continue;
    if (rates_->subscribed_as(one.grant->principal, 1, lane_.lane.now_ns())) continue;
    one.scopes.clear();
    one.code = kTooMany;
  }
  at.admit(round, std::move(admissions));
}

std::string Subscriptions::admit(uint64_t conn, std::string_view channel, const Admission &admission) {
  if (!admission.scopes.empty()) guests_.admit(conn, channel, admission);
  if (!guests_.knows(conn)) return {};
  if (net::Member *member = find(conn); member && !member->known()) {
    member->set_known(true);
    ++connections_;
  }
  expire_later();
  return guests_.members(conn, channel);
}

bool Subscriptions::is_about(uint64_t conn, const sbx_event &change) const {
  const std::vector<uint64_t> &all = guests_.concerned(change);
  return std::find(all.begin(), all.end(), conn) != all.end();
}

EventPtr Subscriptions::everybody_in(uint64_t conn, std::string_view channel) const {
  const std::string members = guests_.members(conn, channel);
  if (members.empty()) return {};
  return Event::presence("here", channel, guests_.find(conn, channel)->member_scope, {"", members});
}

std::vector<uint32_t> Subscriptions::not_in(const Reader &at, std::string_view channel,
                                            const std::vector<uint32_t> &scopes) const {
  std::vector<uint32_t> out;
  const net::Member *member = find(at.conn());
  for (const uint32_t scope : scopes)
    if (member && !groups_.has(*member, group_name({at.kind(), scope, channel}, name_buffer_))) out.push_back(scope);
  return out;
}

// ---- the end of a grant

void Subscriptions::expire_later() {
  if (expiry_ != 0 || !guests_.any_to_expire()) return;
  expiry_ = lane_.lane.timer(kExpiryNs, 0, [this](io::TimerId) {
    expiry_ = 0;
    expire();
  });
}

void Subscriptions::expire() {
  const int64_t wall_ns = world_.clock.wall_ns();
  for (Guests::Expired ended; guests_.take_expired(wall_ns, ended);) {
    net::Member *member = find(ended.conn);
    if (!member || !leave(*member, ended.channel, true) || !events_.on_ended) continue;
    events_.on_ended(user_, ended.conn, {ended.channel.data(), ended.channel.size()}, kUnauthorized);
  }
  expire_later();
}

// ---- client events

sbx_status Subscriptions::may_say(uint64_t conn, std::string_view channel, std::string_view event,
                                  std::string_view data, Speaker &speaker) {
  if (!find(conn)) return SBX_ESTALE;
  if (!is_restricted(channel) || !event.starts_with("client-")) return SBX_EREFUSED;
  const Guests::Lease *lease = guests_.find(conn, channel);
  if (!lease) return SBX_ENOENT;
  if (data.size() > SBX_SAYING_MAX) return SBX_ETOOBIG;
  const VisitorPtr visitor = guests_.visitor(conn);
  speaker = {lease->scopes.front(), visitor ? visitor->id() : std::string(), lease->grant->principal};
  const std::string_view peer = visitor ? std::string_view(visitor->peer()) : std::string_view();
  if (rates_ && !rates_->say(unique(conn), peer, speaker.principal, lane_.lane.now_ns())) return SBX_FULL;
  // Others will be shown it as it is.
  return nlohmann::json::accept(data) ? SBX_OK : SBX_EINVAL;
}

}  // namespace signalbox
