#include "kernel/btf_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace scry::kernel {

namespace {

constexpr int kDeepest = 24;   // of pointers to arrays of functions …, and of nested definitions
constexpr int kMost = 100000;  // declarations in one text; the largest real one has some thousand

// How a pointer is set apart: listings write "char * buf", definitions "char *buf".
enum class Style { Listing, Definition };

class Writer {
 public:
  Writer(Btf& btf, Style style) : btf_(btf), style_(style) {}

  // `inner` is the declarator so far: a name with the stars and brackets around it.
  std::string declare(uint32_t type, std::string inner, int depth, int indent = 0) {
    if (depth > kDeepest || --left_ < 0) return "… " + inner;
    switch (btf_.kind(type)) {
      case Btf::Ptr: return pointer(type, std::move(inner), depth, indent);
      case Btf::Array: {
        const Btf::ArrayOf array = btf_.array(type);
        return declare(array.element, inner + fmt::format("[{}]", array.count), depth + 1, indent);
      }
      case Btf::FunctionPrototype:
        return declare(btf_.type(type), inner + parameters(type, depth), depth + 1);
      case Btf::Const: return qualified("const", type, std::move(inner), depth, indent);
      case Btf::Volatile: return qualified("volatile", type, std::move(inner), depth, indent);
      case Btf::Restrict: return qualified("restrict", type, std::move(inner), depth, indent);
      case Btf::TypeTag: return declare(btf_.type(type), std::move(inner), depth + 1, indent);
      default: break;
    }
    const std::string base = base_name(type, depth, indent);
    if (inner.empty()) return base;
    // An array's brackets follow a name; without one they follow the type.
    return base + " " + inner;
  }

  std::string definition(uint32_t type, int depth, int indent) {
    const bool is_enum = btf_.kind(type) == Btf::Enum || btf_.kind(type) == Btf::Enum64;
    const std::string tabs(static_cast<size_t>(indent), '\t');
    std::string text = keyword(type);
    if (const auto name = btf_.name(type); !name.empty()) text += " " + std::string(name);
    text += " {\n";
    if (depth > kDeepest) return text + tabs + "\t…\n" + tabs + "}";
    for (const Btf::Part& part : btf_.parts(type)) {
      if (left_ < 0) break;
      text += tabs + "\t";
      if (is_enum)
        text += fmt::format("{} = {},\n", part.name, part.value);
      else
        text += member(part, depth, indent);
    }
    return text + tabs + "}";
  }

 private:
  std::string member(const Btf::Part& part, int depth, int indent) {
    std::string text = declare(part.type, std::string(part.name), depth + 1, indent + 1);
    if (part.bit_size != 0) text += fmt::format(": {}", part.bit_size);
    return text + ";\n";
  }

  std::string pointer(uint32_t type, std::string inner, int depth, int indent) {
    uint32_t target = btf_.type(type);
    for (int i = 0; btf_.kind(target) == Btf::TypeTag && i < kDeepest; ++i)
      target = btf_.type(target);
    const Btf::Kind kind = btf_.kind(target);
    const bool is_wrapped = kind == Btf::FunctionPrototype || kind == Btf::Array;
    const bool is_spaced =
        style_ == Style::Listing && !is_wrapped && !inner.empty() && inner.front() != '*';
    inner = (is_spaced ? "* " : "*") + inner;
    return declare(target, is_wrapped ? "(" + inner + ")" : inner, depth + 1, indent);
  }

  // `const` of a pointer stands after its star, of anything else before the type.
  std::string qualified(const char* word, uint32_t type, std::string inner, int depth, int indent) {
    const uint32_t target = btf_.type(type);
    if (btf_.kind(target) == Btf::Ptr)
      return declare(target, inner.empty() ? word : std::string(word) + " " + inner, depth + 1,
                     indent);
    return std::string(word) + " " + declare(target, std::move(inner), depth + 1, indent);
  }

  std::string parameters(uint32_t type, int depth) {
    std::string text;
    for (const Btf::Part& part : btf_.parts(type)) {
      if (left_ < 0) break;
      if (!text.empty()) text += ", ";
      // The last parameter of a variadic function has neither name nor type.
      text += part.type == 0 ? "..." : declare(part.type, "", depth + 1);
    }
    return "(" + (text.empty() ? "void" : text) + ")";
  }

  std::string keyword(uint32_t type) {
    switch (btf_.kind(type)) {
      case Btf::Union: return "union";
      case Btf::Enum:
      case Btf::Enum64: return "enum";
      default: return "struct";
    }
  }

  std::string base_name(uint32_t type, int depth, int indent) {
    const std::string_view name = btf_.name(type);
    switch (btf_.kind(type)) {
      case Btf::Void: return "void";
      case Btf::Struct:
      case Btf::Union:
      case Btf::Enum:
      case Btf::Enum64:
        if (name.empty() && style_ == Style::Definition) return definition(type, depth, indent);
        return keyword(type) + " " + (name.empty() ? "(anonymous)" : std::string(name));
      case Btf::Forward: return "struct " + std::string(name);
      default: return std::string(name);
    }
  }

  Btf& btf_;
  Style style_;
  int left_ = kMost;
};

// By name; of several with one name the first.
std::vector<NamedType> sorted(std::vector<NamedType> types) {
  std::sort(types.begin(), types.end(), [](const NamedType& a, const NamedType& b) {
    return std::tie(a.name, a.id) < std::tie(b.name, b.id);
  });
  const auto is_same = [](const NamedType& a, const NamedType& b) { return a.name == b.name; };
  types.erase(std::unique(types.begin(), types.end(), is_same), types.end());
  return types;
}

}  // namespace

std::string declaration_text(Btf& btf, uint32_t type, std::string_view name) {
  return Writer(btf, Style::Listing).declare(type, std::string(name), 0);
}

std::string definition_text(Btf& btf, uint32_t type) {
  return Writer(btf, Style::Definition).definition(type, 0, 0) + ";";
}

std::vector<NamedType> named_types(Btf& btf) {
  std::vector<NamedType> found;
  for (uint32_t id = 1; id < btf.type_count(); ++id) {
    const std::string_view name = btf.name(id);
    if (name.empty()) continue;
    switch (btf.kind(id)) {
      case Btf::Struct: found.push_back({"struct " + std::string(name), id}); break;
      case Btf::Union: found.push_back({"union " + std::string(name), id}); break;
      case Btf::Enum:
      case Btf::Enum64: found.push_back({"enum " + std::string(name), id}); break;
      default: break;
    }
  }
  return sorted(std::move(found));
}

std::vector<NamedType> functions(Btf& btf) {
  std::vector<NamedType> found;
  for (uint32_t id = 1; id < btf.type_count(); ++id)
    if (btf.kind(id) == Btf::Function) found.push_back({std::string(btf.name(id)), btf.type(id)});
  return sorted(std::move(found));
}

std::vector<NamedType> raw_tracepoints(Btf& btf) {
  // The typedef, of a pointer to a prototype, is there for every event; only the function has names.
  constexpr std::string_view kTypedef = "btf_trace_", kFunction = "__traceiter_";
  std::map<std::string_view, uint32_t> named;
  std::vector<NamedType> found;
  const uint32_t count = btf.type_count();
  for (uint32_t id = 1; id < count; ++id) {
    const Btf::Kind kind = btf.kind(id);
    if (kind != Btf::Typedef && kind != Btf::Function) continue;
    const std::string_view name = btf.name(id);
    if (kind == Btf::Typedef && name.starts_with(kTypedef))
      found.push_back({std::string(name.substr(kTypedef.size())), btf.type(btf.type(id))});
    if (kind == Btf::Function && name.starts_with(kFunction))
      named.emplace(name.substr(kFunction.size()), btf.type(id));
  }
  for (NamedType& event : found)
    if (const auto better = named.find(event.name); better != named.end())
      event.id = better->second;
  return sorted(std::move(found));
}

std::vector<Btf::Part> raw_arguments(Btf& btf, uint32_t prototype) {
  auto parameters = btf.parts(prototype);
  if (!parameters.empty()) parameters.erase(parameters.begin());
  return parameters;
}

std::vector<NamedType> iterators(Btf& btf) {
  constexpr std::string_view kStruct = "bpf_iter__", kFunction = "bpf_iter_";
  // The struct may be there without the iterator: the function is what a program is attached to.
  std::set<std::string_view> attachable;
  std::vector<NamedType> found;
  for (uint32_t id = 1; id < btf.type_count(); ++id) {
    const std::string_view name = btf.name(id);
    if (btf.kind(id) == Btf::Function && name.starts_with(kFunction))
      attachable.insert(name.substr(kFunction.size()));
    if (btf.kind(id) == Btf::Struct && name.starts_with(kStruct))
      found.push_back({std::string(name.substr(kStruct.size())), id});
  }
  std::erase_if(found, [&](const NamedType& type) { return !attachable.contains(type.name); });
  return sorted(std::move(found));
}

}  // namespace scry::kernel
