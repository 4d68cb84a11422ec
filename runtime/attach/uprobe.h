// Places in programs and libraries, however they were found: what uprobe, uretprobe and usdt attach to.
#pragma once

#include <map>

#include "runtime/attach/family.h"

namespace scry::runtime {

// The programs and libraries that an attach point's target names: one, or any number by a wildcard.
Result<std::vector<target::ElfFile>> open_binaries(const lang::AttachPoint& point,
                                                   std::optional<pid_t> pid);

struct UserPlace {
  const Match* match = nullptr;
  uint64_t offset = 0;
  uint64_t cookie = 0;
  uint64_t reference_counter =
      0;  // file offset of a counter that the kernel keeps up while attached; 0: none
};
using UserPlaces = std::map<std::string, std::vector<UserPlace>>;  // by file

Result<void> attach_user_places(const UserPlaces& by_file, bool is_return, int program,
                                const AttachContext& context, std::vector<Fd>& attachments);

}  // namespace scry::runtime
