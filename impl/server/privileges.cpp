#include "impl/server/privileges.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace twinlease::server {

void become(const std::string& user) {
  if (user.empty()) return;
  const passwd* entry = getpwnam(user.c_str());
  if (entry == nullptr) throw std::runtime_error("there is no user " + user);
  // Groups first: a user that is no longer root cannot give them up.
  if (initgroups(user.c_str(), entry->pw_gid) != 0 || setgid(entry->pw_gid) != 0 ||
      setuid(entry->pw_uid) != 0)
    throw std::runtime_error("cannot become " + user + ": " + std::generic_category().message(errno));
}

}  // namespace twinlease::server
