#include "core/plugin/guests.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace signalbox {

void Guests::enter(uint64_t conn, VisitorPtr visitor) { guests_[conn].visitor = std::move(visitor); }

VisitorPtr Guests::visitor(uint64_t conn) const {
  const auto found = guests_.find(conn);
  return found == guests_.end() ? nullptr : found->second.visitor;
}

const Guests::Lease *Guests::find(uint64_t conn, std::string_view channel) const {
  const auto found = guests_.find(conn);
  if (found == guests_.end()) return nullptr;
  for (const Lease &lease : found->second.leases)
    if (lease.channel == channel) return &lease;
  return nullptr;
}

Guests::Lease *Guests::find_mine(uint64_t conn, std::string_view channel) {
  return const_cast<Lease *>(std::as_const(*this).find(conn, channel));
}

std::string Guests::key(uint32_t scope, std::string_view channel, std::string_view principal) {
  return std::to_string(scope) + '\0' + std::string(channel) + '\0' + std::string(principal);
}

GrantPtr Guests::renewed(const Lease &lease, const Admission &admission) {
  Grant next = admission.grant ? *admission.grant : Grant{};
  const bool covers = std::all_of(lease.scopes.begin(), lease.scopes.end(), [&](uint32_t scope) {
    return std::find(admission.scopes.begin(), admission.scopes.end(), scope) != admission.scopes.end();
  });
  if (!covers) {
    const int64_t until_ns = next.until_ns;
    next = *lease.grant;
    if (next.until_ns == 0 || (until_ns != 0 && until_ns < next.until_ns)) next.until_ns = until_ns;
  }
  return std::make_shared<const Grant>(std::move(next));
}

void Guests::admit(uint64_t conn, std::string_view channel, const Admission &admission) {
  Lease *lease = find_mine(conn, channel);
  // Whoever is in a restricted channel may speak there, whether or not somebody knows who it is.
  if (!admission.grant && !lease && !is_restricted(channel)) return;
  if (!lease) {
    static const GrantPtr kNothing = std::make_shared<const Grant>();
    lease = &guests_[conn].leases.emplace_back(Lease{std::string(channel), {}, kNothing, nullptr, 0});
  }
  if (lease->grant->until_ns != 0) ends_.erase({lease->grant->until_ns, conn, lease->channel});
  lease->grant = renewed(*lease, admission);
  for (const uint32_t scope : admission.scopes)
    if (std::find(lease->scopes.begin(), lease->scopes.end(), scope) == lease->scopes.end())
      lease->scopes.push_back(scope);
  if (lease->grant->until_ns != 0) ends_.emplace(lease->grant->until_ns, conn, lease->channel);
  if (lease->member || lease->grant->member.empty() || !desk_) return;
  lease->member = std::make_shared<const PresentMember>(PresentMember{lease->grant->principal, lease->grant->member});
  lease->member_scope = admission.member_scope;
  by_member_[key(lease->member_scope, channel, lease->member->principal)].push_back(conn);
  desk_->join(lease->member_scope, channel, lease->member);
}

std::string Guests::members(uint64_t conn, std::string_view channel) const {
  const Lease *lease = find(conn, channel);
  return lease && lease->member ? view_.members(lease->member_scope, channel, lease->member.get()) : std::string();
}

const std::vector<uint64_t> &Guests::concerned(const sbx_event &change) const {
  static const std::vector<uint64_t> kNobody;
  for (size_t i = 0; i < change.attr_count; ++i) {
    if (text(change.attrs[i].key) != "principal") continue;
    const auto found = by_member_.find(key(change.scope, text(change.channel), text(change.attrs[i].value)));
    if (found != by_member_.end()) return found->second;
  }
  return kNobody;
}

void Guests::give_up(uint64_t conn, const Lease &lease, int64_t linger_ns) {
  if (lease.grant->until_ns != 0) ends_.erase({lease.grant->until_ns, conn, lease.channel});
  if (!lease.member) return;
  const auto found = by_member_.find(key(lease.member_scope, lease.channel, lease.member->principal));
  if (found != by_member_.end()) {
    std::erase(found->second, conn);
    if (found->second.empty()) by_member_.erase(found);
  }
  desk_->leave(lease.member_scope, lease.channel, lease.member, linger_ns);
}

void Guests::remove(uint64_t conn, std::string_view channel, bool cut) {
  const auto found = guests_.find(conn);
  if (found == guests_.end()) return;
  std::vector<Lease> &leases = found->second.leases;
  const auto at = std::find_if(leases.begin(), leases.end(), [&](const Lease &l) { return l.channel == channel; });
  if (at == leases.end()) return;
  const Lease lease = std::move(*at);
  leases.erase(at);
  give_up(conn, lease, cut ? lease.grant->linger_ns : 0);
}

void Guests::leave(uint64_t conn, std::string_view channel) { remove(conn, channel, false); }

void Guests::end(uint64_t conn) {
  const auto node = guests_.extract(conn);
  if (!node) return;
  for (const Lease &lease : node.mapped().leases) give_up(conn, lease, lease.grant->linger_ns);
}

void Guests::move(uint64_t from, uint64_t to) {
  auto node = guests_.extract(from);
  if (!node) return;
  for (const Lease &lease : node.mapped().leases) {
    if (lease.grant->until_ns != 0 && ends_.erase({lease.grant->until_ns, from, lease.channel}) > 0)
      ends_.emplace(lease.grant->until_ns, to, lease.channel);
    if (lease.member)
      for (uint64_t &conn : by_member_[key(lease.member_scope, lease.channel, lease.member->principal)])
        if (conn == from) conn = to;
  }
  if (guests_.count(to) > 0) end(to);
  node.key() = to;
  guests_.insert(std::move(node));
}

bool Guests::take_expired(int64_t wall_ns, Expired &into) {
  if (ends_.empty() || std::get<0>(*ends_.begin()) > wall_ns) return false;
  into = {std::get<1>(*ends_.begin()), std::get<2>(*ends_.begin())};
  remove(into.conn, into.channel, true);
  return true;
}

}  // namespace signalbox
