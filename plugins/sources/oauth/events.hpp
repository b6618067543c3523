// The data of the events that browsers get, and what a ticket is redeemed for.  Pure, any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace oauth {

struct Profile;
struct Wait;

// {"type","status":"ok","ticket","login"}, and "profile" with what `expose` names of the claims: texts, numbers and
// truth values of a moderate length; anything else is left out.
std::string login_data(const Wait &wait, const Profile &profile, std::string_view ticket,
                       const std::vector<std::string> &expose);
std::string scanned_data(const Wait &wait);
std::string failed_data(const Wait &wait, std::string_view reason);
std::string expired_data(const Wait &wait);

// {"login","provider","subject","profile":{...}}
std::string redeemed(const Wait &wait, const Profile &profile);

}  // namespace oauth
