#include "core/io/resolver.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <cstring>

#include "core/io/lane_impl.hpp"

namespace signalbox::io {

struct Resolution::Impl {
  asio::ip::tcp::resolver resolver;
  Done done;
  Impl(asio::io_context &context, Done d) : resolver(context), done(std::move(d)) {}
};

Resolution::Resolution(Lane &lane, const std::string &host, const std::string &port, Done done)
    : impl_(std::make_shared<Impl>(lane.impl().context, std::move(done))) {
  impl_->resolver.async_resolve(host, port, [impl = impl_](const boost::system::error_code &failed, auto results) {
    if (!impl->done) return;
    const Done finished = std::move(impl->done);
    impl->done = nullptr;
    std::vector<Address> found;
    for (const auto &entry : results) {
      Address a;
      a.size = static_cast<socklen_t>(entry.endpoint().size());
      std::memcpy(&a.storage, entry.endpoint().data(), a.size);
      found.push_back(a);
    }
    finished(std::move(found), failed ? failed.message() : std::string());
  });
}

Resolution::~Resolution() {
  impl_->done = nullptr;
  impl_->resolver.cancel();
}

}  // namespace signalbox::io
