#include "runtime/load/function_types.h"

#include <linux/btf.h>

#include <cctype>

namespace scry::runtime {

namespace {

// Types are numbered as they are added, from 1.
constexpr uint32_t kInteger = 1, kPrototype = 2, kProgram = 3, kCallback = 4;

std::string identifier(std::string_view name) {
  std::string out;
  for (const char c : name) out += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  if (out.empty() || std::isdigit(static_cast<unsigned char>(out[0]))) out.insert(0, "_");
  return out.substr(0, 64);
}

class TypeWriter {
 public:
  // `last` is a size or another type, as the kind says.
  void add(uint32_t kind, const std::string& name, uint32_t last) {
    put(name.empty() ? 0 : static_cast<uint32_t>(strings_.size()));
    if (!name.empty()) strings_ += name + '\0';
    put(kind << 24);
    put(last);
  }
  void put(uint32_t word) { types_.append(reinterpret_cast<const char*>(&word), sizeof word); }

  std::string finish() const {
    btf_header header = {};
    header.magic = BTF_MAGIC;
    header.version = BTF_VERSION;
    header.hdr_len = sizeof header;
    header.type_len = static_cast<uint32_t>(types_.size());
    header.str_off = header.type_len;
    header.str_len = static_cast<uint32_t>(strings_.size());
    return std::string(reinterpret_cast<const char*>(&header), sizeof header) + types_ + strings_;
  }

 private:
  std::string types_;
  std::string strings_ = std::string(1, '\0');
};

}  // namespace

FunctionTypes function_types(std::string_view program_name, std::span<const uint32_t> callbacks) {
  const std::string name = identifier(program_name);
  TypeWriter types;
  types.add(BTF_KIND_INT, "long", sizeof(int64_t));
  types.put(BTF_INT_SIGNED << 24 | 64);
  types.add(BTF_KIND_FUNC_PROTO, "", kInteger);
  types.add(BTF_KIND_FUNC, name, kPrototype);
  types.add(BTF_KIND_FUNC, name + "_loop", kPrototype);
  FunctionTypes result{types.finish(), {{0, kProgram}}};
  for (const uint32_t first : callbacks) result.infos.push_back({first, kCallback});
  return result;
}

}  // namespace scry::runtime
