#include "plugins/sources/oauth/peers.hpp"

#include <algorithm>
#include <array>

namespace oauth {
namespace {

constexpr int64_t kMinuteNs = int64_t{60} * 1'000'000'000;
constexpr size_t kNetworksMax = 65'536;
// A table that is full is looked through so often at most: who fills it must not make every request dear.
constexpr int64_t kSweepNs = 1'000'000'000;
constexpr size_t kGroups = 8;  // of an IPv6 address (RFC 4291 section 2.2)

// The groups before or after "::"; how many.
size_t read_groups(std::string_view text, std::array<std::string_view, kGroups> &groups) {
  size_t n = 0;
  while (!text.empty() && n < kGroups) {
    const size_t colon = std::min(text.find(':'), text.size());
    groups[n++] = text.substr(0, colon);
    text.remove_prefix(std::min(colon + 1, text.size()));
  }
  return n;
}

std::string_view without_zeros(std::string_view group) {
  const size_t from = std::min(group.find_first_not_of('0'), group.size() - 1);
  return group.substr(from);
}

}  // namespace

std::string network_of(std::string_view peer) {
  // An IPv4 address, also one that is written into an IPv6 one.
  if (peer.find(':') == std::string_view::npos || peer.find('.') != std::string_view::npos) return std::string(peer);
  peer = peer.substr(0, peer.find('%'));
  const size_t gap = peer.find("::");
  std::array<std::string_view, kGroups> head{}, tail{};
  const size_t heads = read_groups(peer.substr(0, gap), head);
  const size_t tails = gap == std::string_view::npos ? 0 : read_groups(peer.substr(gap + 2), tail);
  std::string network;
  for (size_t i = 0; i < kGroups / 2; ++i) {
    std::string_view group = "0";
    if (i < heads)
      group = head[i];
    else if (gap != std::string_view::npos && i + tails >= kGroups)
      group = tail[i + tails - kGroups];
    if (!group.empty()) network += without_zeros(group);
    network += ':';
  }
  return network;
}

bool MinuteLimit::exceeded(std::string_view peer, int64_t now_ns) const {
  const auto found = counts_.find(network_of(peer));
  const Count &count = found == counts_.end() ? overflow_ : found->second;
  return now_ns - count.since_ns < kMinuteNs && count.n >= a_minute_;
}

bool MinuteLimit::take(std::string_view peer, int64_t now_ns) {
  if (counts_.size() >= kNetworksMax && now_ns - swept_ns_ >= kSweepNs) {
    std::erase_if(counts_, [&](const auto &entry) { return now_ns - entry.second.since_ns >= kMinuteNs; });
    swept_ns_ = now_ns;
  }
  std::string network = network_of(peer);
  const auto found = counts_.find(network);
  Count *count = found == counts_.end() ? nullptr : &found->second;
  if (!count) count = counts_.size() < kNetworksMax ? &counts_[std::move(network)] : &overflow_;
  if (now_ns - count->since_ns >= kMinuteNs) *count = {now_ns, 0};
  if (count->n >= a_minute_) return false;
  ++count->n;
  return true;
}

}  // namespace oauth
