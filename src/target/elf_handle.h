// libelf's view of an open file, for the files that implement ElfFile.
#pragma once

#include <gelf.h>
#include <libelf.h>

#include <vector>

#include "base/fd.h"
#include "target/elf.h"

namespace scry::target {

struct ElfFile::Handle {
  Fd fd;
  Elf* elf = nullptr;
  std::vector<Elf_Scn*> symbol_tables;
  ~Handle() {
    if (elf) elf_end(elf);
  }
};

}  // namespace scry::target
