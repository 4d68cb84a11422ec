#include "runtime/load/cgroup.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statfs.h>

#include <cstring>

namespace scry::runtime {

Result<uint64_t> cgroup_id(const std::string& directory) {
  const std::string what = "Failed to get `cgroupid` for path: \"" + directory + "\"";
  struct statfs info;
  if (::statfs(directory.c_str(), &info) != 0) return errno_error(what);
  if (info.f_type != CGROUP2_SUPER_MAGIC)
    return Error{what + ": no cgroup v2", 0, "cgroup v2 is usually mounted at /sys/fs/cgroup"};
  // The file handle of a cgroup is its id.
  uint64_t id = 0;
  alignas(file_handle) char bytes[sizeof(file_handle) + sizeof id] = {};
  auto* handle = reinterpret_cast<file_handle*>(bytes);
  handle->handle_bytes = sizeof id;
  int mount_id = 0;
  if (::name_to_handle_at(AT_FDCWD, directory.c_str(), handle, &mount_id, 0) != 0)
    return errno_error(what);
  std::memcpy(&id, handle->f_handle, sizeof id);
  return id;
}

}  // namespace scry::runtime
