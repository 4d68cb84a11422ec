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

std::vector<types::Enumerator> own_constants(const cdefs::Definitions& definitions,
                                             const std::string& enum_name) {
  std::vector<types::Enumerator> constants;
  for (const auto& [name, constant] : definitions.constants)
    if (constant.type.name == enum_name) constants.push_back({name, constant.value});
  return constants;
}

}  // namespace

std::vector<types::Enumeration> shown_enums(const hir::Program& program,
                                            const cdefs::Definitions& definitions,
                                            kernel::KernelFacts& facts) {
  std::set<std::string> names;
  for (const lang::EventFormat& format : program.formats)
    for (const Type& type : format.arguments) collect(type, names);
  for (const hir::MapDecl& map : program.maps) collect(map.key, names), collect(map.value, names);
  std::vector<types::Enumeration> enums;
  for (const std::string& name : names) {
    if (definitions.enums.contains(name)) {
      enums.push_back({name, own_constants(definitions, name)});
      continue;
    }
    const auto types = facts.btf();
    if (!types) continue;
    enums.push_back({name, enum_constants(*types.value(), name)});
  }
  return enums;
}

}  // namespace scry::sema
