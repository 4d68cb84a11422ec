// Static probes (USDT) of an ELF file: the notes that <sys/sdt.h> leaves in .note.stapsdt, and the notation of
// their arguments (https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation).
#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>

#include "base/strings.h"
#include "target/elf_handle.h"

namespace scry::target {

namespace {

constexpr uint32_t kNoteType = 3;
constexpr char kNoteOwner[] = "stapsdt";

struct Register {
  std::string_view names[4];  // of 64, 32, 16 and 8 bits
};
constexpr Register kRegisters[] = {
    {{"rax", "eax", "ax", "al"}},      {{"rbx", "ebx", "bx", "bl"}},
    {{"rcx", "ecx", "cx", "cl"}},      {{"rdx", "edx", "dx", "dl"}},
    {{"rsi", "esi", "si", "sil"}},     {{"rdi", "edi", "di", "dil"}},
    {{"rbp", "ebp", "bp", "bpl"}},     {{"rsp", "esp", "sp", "spl"}},
    {{"r8", "r8d", "r8w", "r8b"}},     {{"r9", "r9d", "r9w", "r9b"}},
    {{"r10", "r10d", "r10w", "r10b"}}, {{"r11", "r11d", "r11w", "r11b"}},
    {{"r12", "r12d", "r12w", "r12b"}}, {{"r13", "r13d", "r13w", "r13b"}},
    {{"r14", "r14d", "r14w", "r14b"}}, {{"r15", "r15d", "r15w", "r15b"}},
};

// "%eax" -> "rax"; "" if it is none.
std::string register_name(std::string_view text) {
  if (!text.starts_with('%')) return {};
  text.remove_prefix(1);
  for (const Register& r : kRegisters)
    if (std::find(std::begin(r.names), std::end(r.names), text) != std::end(r.names))
      return std::string(r.names[0]);
  return {};
}

bool read_number(std::string_view text, int64_t& value) {
  const auto number = parse_integer(text);
  if (number) value = *number;
  return number.has_value();
}

// "(%rbp)", "(%rbp,%rax,4)", "(,%rax,8)".
bool read_address(std::string_view text, StaticArgument& argument) {
  if (!text.starts_with('(') || !text.ends_with(')')) return false;
  const std::vector<std::string> parts = split(text.substr(1, text.size() - 2), ',');
  if (parts.empty() || parts.size() > 3) return false;
  if (!trim(parts[0]).empty()) {
    argument.base = register_name(trim(parts[0]));
    if (argument.base.empty()) return false;
  }
  if (parts.size() == 1) return !argument.base.empty();
  argument.index = register_name(trim(parts[1]));
  if (argument.index.empty()) return false;
  if (parts.size() == 2) return true;
  int64_t scale = 0;
  if (!read_number(trim(parts[2]), scale)) return false;
  argument.scale = static_cast<uint8_t>(scale);
  return scale == 1 || scale == 2 || scale == 4 || scale == 8;
}

bool read_operand(std::string_view text, StaticArgument& argument) {
  if (text.starts_with('$')) return read_number(text.substr(1), argument.value);
  if (text.starts_with('%')) {
    argument.kind = StaticArgument::Kind::Register;
    argument.base = register_name(text);
    return !argument.base.empty();
  }
  argument.kind = StaticArgument::Kind::Memory;
  const size_t open = text.find('(');
  if (open == text.npos) return false;
  if (open > 0 && !read_number(text.substr(0, open), argument.value)) return false;
  return read_address(text.substr(open), argument);
}

}  // namespace

Result<StaticArgument> parse_static_argument(std::string_view text) {
  const Error unknown{
      "`" + std::string(text) + "` is no argument of a static probe that we know", 0, {}};
  StaticArgument argument;
  const size_t at = text.find('@');
  int64_t size = 8;
  if (at != text.npos && !read_number(text.substr(0, at), size)) return unknown;
  argument.is_signed = size < 0;
  const int64_t bytes = size < 0 ? -size : size;
  if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) return unknown;
  argument.size = static_cast<uint8_t>(bytes);
  if (!read_operand(text.substr(at == text.npos ? 0 : at + 1), argument)) return unknown;
  return argument;
}

namespace {

// The fields of one note: three addresses, then three strings.
struct Note {
  uint64_t place = 0, base = 0, semaphore = 0;
  std::string_view provider, name, arguments;
};

std::optional<Note> read_note(std::string_view bytes) {
  Note note;
  uint64_t* const numbers[] = {&note.place, &note.base, &note.semaphore};
  for (uint64_t* number : numbers) {
    if (bytes.size() < sizeof *number) return {};
    std::memcpy(number, bytes.data(), sizeof *number);
    bytes.remove_prefix(sizeof *number);
  }
  std::string_view* const texts[] = {&note.provider, &note.name, &note.arguments};
  for (std::string_view* text : texts) {
    const size_t end = bytes.find('\0');
    if (end == bytes.npos) return {};
    *text = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
  }
  return note;
}

template <typename Visit>
void for_each_note(Elf* elf, Visit&& visit) {
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section));) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header) || header.sh_type != SHT_NOTE) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (!data) continue;
    GElf_Nhdr note;
    size_t name = 0, content = 0;
    for (size_t at = 0; (at = gelf_getnote(data, at, &note, &name, &content)) > 0;) {
      const char* bytes = static_cast<const char*>(data->d_buf);
      if (note.n_type != kNoteType || note.n_namesz != sizeof kNoteOwner ||
          std::memcmp(bytes + name, kNoteOwner, sizeof kNoteOwner) != 0)
        continue;
      if (const auto read = read_note({bytes + content, note.n_descsz})) visit(*read);
    }
  }
}

// Where the section that notes measure from lies now: prelink may have moved it.
std::optional<uint64_t> base_address(Elf* elf) {
  size_t names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) return {};
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section));) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header)) continue;
    const char* name = elf_strptr(elf, names, header.sh_name);
    if (name && std::string_view(name) == ".stapsdt.base") return header.sh_addr;
  }
  return {};
}

}  // namespace

std::vector<StaticProbe> ElfFile::static_probes(std::string_view provider,
                                                std::string_view name) const {
  std::vector<StaticProbe> found;
  const auto base = base_address(handle_->elf);
  for_each_note(handle_->elf, [&](const Note& note) {
    if (!matches_wildcard(provider, note.provider) || !matches_wildcard(name, note.name)) return;
    const uint64_t moved = base ? *base - note.base : 0;
    const auto place = file_offset(note.place + moved);
    if (!place) return;
    StaticProbe probe{std::string(note.provider), std::string(note.name), *place, 0,
                      std::string(note.arguments)};
    if (note.semaphore != 0)
      probe.semaphore_offset = data_offset(note.semaphore + moved).value_or(0);
    found.push_back(std::move(probe));
  });
  return found;
}

}  // namespace scry::target
