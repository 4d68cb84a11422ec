// A frozen kernel, for tests: the same files under a directory of the source tree.
#include <fcntl.h>

#include "kernel/directory.h"

namespace scry::kernel {

std::unique_ptr<KernelFacts> make_fixture(std::string directory) {
  Sources sources;
  sources.open_events = [directory]() -> Result<Fd> {
    Fd events(::open((directory + "/events").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!events.is_open()) return errno_error("cannot open `" + directory + "/events`");
    return events;
  };
  sources.read_btf = [directory] { return Bytes::open(directory + "/btf"); };
  return std::make_unique<DirectoryFacts>(std::move(sources));
}

}  // namespace scry::kernel
