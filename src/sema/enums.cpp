#include "sema/enums.h"

#include <set>

#include "sema/kernel_types.h"

namespace scry::sema {

namespace {

void collect(const Type& type, std::set<std::string>& names) {
  if (type.is(types::Kind::Enum)) names.insert(type.name);
  if (type.is(types::Kind::Array)) collect(*type.element, names);
  for (const types::Field& field : type.fields) collect(*field.type, names);
}

}  // namespace

std::vector<types::Enumeration> shown_enums(const hir::Program& program,
                                            kernel::KernelFacts& facts) {
  std::set<std::string> names;
  for (const lang::EventFormat& format : program.formats)
    for (const Type& type : format.arguments) collect(type, names);
  for (const hir::MapDecl& map : program.maps) collect(map.key, names), collect(map.value, names);
  std::vector<types::Enumeration> enums;
  for (const std::string& name : names) {
    const auto types = facts.btf();
    if (!types) break;
    enums.push_back({name, enum_constants(*types.value(), name)});
  }
  return enums;
}

}  // namespace scry::sema
