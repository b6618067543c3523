#include "plugins/sources/oauth/tickets.hpp"

#include "plugins/sources/oauth/tokens.hpp"

namespace oauth {

Tickets::Tickets(sbx::Host host, const sbx_loop &loop, int64_t lifetime_ns, size_t tickets_max)
    : host_(host), loop_(loop), lifetime_ns_(lifetime_ns), max_(tickets_max) {}

Tickets::~Tickets() {
  if (timer_ != 0) loop_.cancel(host_.get(), timer_);
}

std::optional<Tickets::Made> Tickets::make(std::string redeemed) {
  // Used ones leave their place in the line behind until it is their turn.
  if (oldest_first_.size() >= max_) return std::nullopt;
  Made made;
  made.ticket = random_base62(host_, loop_, kIdChars);
  made.digest = sha256(made.ticket);
  kept_[made.digest] = std::move(redeemed);
  oldest_first_.emplace_back(loop_.mono_ns(host_.get()) + lifetime_ns_, made.digest);
  arm();
  return made;
}

std::optional<std::string> Tickets::take(std::string_view ticket) {
  expire();  // the timer may be late
  const auto taken = kept_.extract(sha256(ticket));
  return taken.empty() ? std::nullopt : std::optional(taken.mapped());
}

void Tickets::withdraw(const std::string &digest) { kept_.erase(digest); }

void Tickets::expire() {
  const int64_t now = loop_.mono_ns(host_.get());
  while (!oldest_first_.empty() && oldest_first_.front().first <= now) {
    kept_.erase(oldest_first_.front().second);
    oldest_first_.pop_front();
  }
}

void Tickets::arm() {
  if (timer_ != 0 || oldest_first_.empty()) return;
  timer_ = loop_.timer(
      host_.get(), oldest_first_.front().first - loop_.mono_ns(host_.get()), 0,
      [](void *self, sbx_id) noexcept {
        auto &t = *static_cast<Tickets *>(self);
        sbx::guarded(t.host_, [&] {
          t.timer_ = 0;
          t.expire();
          t.arm();
        });
      },
      this);
}

}  // namespace oauth
