#include "target/elf.h"

#include <fcntl.h>

#include <algorithm>

#include "base/strings.h"
#include "target/elf_handle.h"

namespace scry::target {

ElfFile::ElfFile() : handle_(std::make_unique<Handle>()) {}
ElfFile::ElfFile(ElfFile&&) noexcept = default;
ElfFile& ElfFile::operator=(ElfFile&&) noexcept = default;
ElfFile::~ElfFile() = default;

Result<ElfFile> ElfFile::open(const std::string& path) {
  ElfFile file;
  file.path_ = path;
  file.handle_->fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.handle_->fd.is_open()) return errno_error("cannot open `" + path + "`");
  elf_version(EV_CURRENT);
  Elf* elf = elf_begin(file.handle_->fd.get(), ELF_C_READ_MMAP, nullptr);
  file.handle_->elf = elf;
  if (!elf || elf_kind(elf) != ELF_K_ELF || gelf_getclass(elf) != ELFCLASS64)
    return Error{"`" + path + "` is not a 64-bit ELF program or library", 0, {}};

  size_t segment_count = 0, names = 0;
  if (elf_getphdrnum(elf, &segment_count) != 0) segment_count = 0;
  for (size_t i = 0; i < segment_count; ++i) {
    GElf_Phdr header;
    if (!gelf_getphdr(elf, static_cast<int>(i), &header) || header.p_type != PT_LOAD) continue;
    auto& segments = header.p_flags & PF_X ? file.segments_ : file.data_segments_;
    segments.push_back({header.p_vaddr, header.p_offset, header.p_memsz});
  }
  const bool has_names = elf_getshdrstrndx(elf, &names) == 0;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section));) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header)) continue;
    if (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM)
      file.handle_->symbol_tables.push_back(section);
    const char* name = has_names ? elf_strptr(elf, names, header.sh_name) : nullptr;
    const std::string_view text = name ? name : "";
    if (text == ".go.buildinfo" || text == ".note.go.buildid") file.is_go_ = true;
  }
  return file;
}

template <typename Visit>
void ElfFile::for_each_function(Visit&& visit) const {
  for (Elf_Scn* section : handle_->symbol_tables) {
    GElf_Shdr header;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (!data || !gelf_getshdr(section, &header) || header.sh_entsize == 0) continue;
    const size_t count = header.sh_size / header.sh_entsize;
    for (size_t i = 0; i < count; ++i) {
      GElf_Sym symbol;
      if (!gelf_getsym(data, static_cast<int>(i), &symbol)) break;
      // The place of an indirect function is its resolver, which runs once, as the program starts.
      const int type = GELF_ST_TYPE(symbol.st_info);
      if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol.st_shndx == SHN_UNDEF ||
          !symbol.st_value)
        continue;
      const char* name = elf_strptr(handle_->elf, header.sh_link, symbol.st_name);
      if (name && *name) visit(std::string_view(name), symbol.st_value, symbol.st_size);
    }
  }
}

std::optional<uint64_t> ElfFile::file_offset(uint64_t address) const {
  return offset_in(segments_, address);
}

std::optional<uint64_t> ElfFile::data_offset(uint64_t address) const {
  return offset_in(data_segments_, address);
}

std::optional<uint64_t> ElfFile::offset_in(const std::vector<Segment>& segments, uint64_t address) {
  for (const Segment& segment : segments)
    if (address >= segment.address && address - segment.address < segment.size)
      return address - segment.address + segment.offset;
  return {};
}

std::optional<Function> ElfFile::find(std::string_view name) const {
  std::optional<Function> found;
  for_each_function([&](std::string_view own, uint64_t address, uint64_t size) {
    if (found || own != name) return;
    if (const auto offset = file_offset(address))
      found = Function{std::string(own), address, size, *offset};
  });
  return found;
}

std::vector<Function> ElfFile::match(std::string_view pattern) const {
  std::vector<Function> found;
  for_each_function([&](std::string_view own, uint64_t address, uint64_t size) {
    if (!matches_wildcard(pattern, own)) return;
    if (const auto offset = file_offset(address))
      found.push_back({std::string(own), address, size, *offset});
  });
  std::sort(found.begin(), found.end(), [](const Function& a, const Function& b) {
    return std::tie(a.offset, a.name) < std::tie(b.offset, b.name);
  });
  const auto same = [](const Function& a, const Function& b) { return a.offset == b.offset; };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  std::sort(found.begin(), found.end(), [](auto& a, auto& b) { return a.name < b.name; });
  return found;
}

std::vector<std::string> ElfFile::function_names(std::string_view pattern) const {
  std::vector<std::string> names;
  for_each_function([&](std::string_view own, uint64_t address, uint64_t) {
    if (matches_wildcard(pattern, own) && file_offset(address)) names.emplace_back(own);
  });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<Function> ElfFile::functions() const {
  std::vector<Function> found;
  for_each_function([&](std::string_view own, uint64_t address, uint64_t size) {
    if (const auto offset = file_offset(address))
      found.push_back({std::string(own), address, size, *offset});
  });
  const auto underscores = [](const Function& f) { return f.name.find_first_not_of('_'); };
  std::sort(found.begin(), found.end(), [&](const Function& a, const Function& b) {
    return std::tuple(a.offset, underscores(a), std::string_view(a.name)) <
           std::tuple(b.offset, underscores(b), std::string_view(b.name));
  });
  const auto same = [](const Function& a, const Function& b) { return a.offset == b.offset; };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

std::optional<Function> ElfFile::function_at(uint64_t address) const {
  std::optional<Function> found;
  for_each_function([&](std::string_view own, uint64_t begin, uint64_t size) {
    if (found || address < begin || address - begin >= std::max<uint64_t>(size, 1)) return;
    if (const auto offset = file_offset(begin))
      found = Function{std::string(own), begin, size, *offset};
  });
  return found;
}

std::optional<std::string> ElfFile::nearest_name(std::string_view name) const {
  std::vector<std::string> names;
  for_each_function([&](std::string_view own, uint64_t, uint64_t) { names.emplace_back(own); });
  return nearest(name, names);
}

}  // namespace scry::target
