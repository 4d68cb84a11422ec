#include "ast/type_names.h"

namespace scry::ast {

bool reads_like_type(std::string_view name) {
  if (name.size() > 2 && name.ends_with("_t")) return true;
  if (name.starts_with("__")) name.remove_prefix(2);
  for (std::string_view known :
       {"bool",   "int8",   "int16",    "int32",  "int64",  "uint8",  "uint16", "uint32",
        "uint64", "void",   "string",   "buffer", "inet",   "char",   "short",  "int",
        "long",   "signed", "unsigned", "float",  "double", "u8",     "u16",    "u32",
        "u64",    "s8",     "s16",      "s32",    "s64",    "le16",   "le32",   "le64",
        "be16",   "be32",   "be64",     "uint",   "ulong",  "ushort", "uchar"})
    if (name == known) return true;
  return false;
}

}  // namespace scry::ast
