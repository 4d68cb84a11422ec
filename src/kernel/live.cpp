// The running kernel: tracefs where it is mounted, else a detached mount of our own that no other process
// sees and that ends with its descriptor.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "kernel/directory.h"

namespace scry::kernel {

namespace {

constexpr char kBtfFile[] = "/sys/kernel/btf/vmlinux";

Fd open_directory(int at, const char* path) {
  return Fd(::openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// glibc has these since 2.36; the system calls exist since Linux 5.2.
Fd mount_detached() {
  Fd context(static_cast<int>(::syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC)));
  if (!context.is_open()) return {};
  if (::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
    return {};
  return Fd(
      static_cast<int>(::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY)));
}

Result<Fd> open_events() {
  if (Fd events = open_directory(AT_FDCWD, "/sys/kernel/tracing/events"); events.is_open())
    return events;
  const int first_error = errno;
  if (const Fd mount = mount_detached(); mount.is_open())
    if (Fd events = open_directory(mount.get(), "events"); events.is_open()) return events;
  // Last, because looking there makes the kernel mount tracefs below debugfs.
  if (Fd events = open_directory(AT_FDCWD, "/sys/kernel/debug/tracing/events"); events.is_open())
    return events;
  return Error{"cannot read the kernel's tracepoints", first_error,
               "run as root; tracefs is expected at /sys/kernel/tracing"};
}

Result<Bytes> read_btf() {
  auto bytes = Bytes::open(kBtfFile);
  if (!bytes && bytes.error().error_number == ENOENT)
    return Error{"this kernel has no type information (no " + std::string(kBtfFile) + ")", 0,
                 "kernel structs need a kernel with CONFIG_DEBUG_INFO_BTF"};
  return bytes;
}

}  // namespace

std::unique_ptr<KernelFacts> make_live() {
  return std::make_unique<DirectoryFacts>(Sources{open_events, read_btf});
}

}  // namespace scry::kernel
