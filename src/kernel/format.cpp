#include "kernel/format.h"

#include <charconv>

#include "base/strings.h"

namespace scry::kernel {

namespace {

std::optional<uint32_t> number_after(std::string_view line, std::string_view key) {
  const size_t at = line.find(key);
  if (at == line.npos) return {};
  uint32_t value = 0;
  const char* begin = line.data() + at + key.size();
  const auto [end, failure] = std::from_chars(begin, line.data() + line.size(), value);
  if (failure != std::errc()) return {};
  return value;
}

bool is_char(std::string_view type) {
  return type.starts_with("char") || type.starts_with("const char") ||
         type.starts_with("unsigned char");
}

// "\tfield:__data_loc char[] filename;\toffset:8;\tsize:4;\tsigned:0;"
std::optional<TracepointField> parse_field(std::string_view line) {
  constexpr std::string_view kField = "field:";
  const size_t begin = line.find(kField);
  const size_t end = line.find(';');
  if (begin == line.npos || end == line.npos || end < begin + kField.size()) return {};
  std::string declaration(trim(line.substr(begin + kField.size(), end - begin - kField.size())));
  line.remove_prefix(end);
  const auto offset = number_after(line, "offset:");
  const auto size = number_after(line, "size:");
  if (!offset || !size) return {};

  TracepointField field;
  field.offset = *offset;
  field.size = *size;
  field.is_signed = number_after(line, "signed:").value_or(0) != 0;
  // An array's length stands after the name: "char comm[16]".
  std::string suffix;
  if (declaration.ends_with(']') && declaration.rfind('[') > declaration.rfind(' ')) {
    suffix = declaration.substr(declaration.rfind('['));
    declaration.resize(declaration.size() - suffix.size());
  }
  const size_t space = declaration.rfind(' ');
  if (space == declaration.npos) return {};
  field.name = declaration.substr(space + 1);
  field.type = std::string(trim(std::string_view(declaration).substr(0, space))) + suffix;
  constexpr std::string_view kDataLoc = "__data_loc ";
  if (field.type.starts_with(kDataLoc)) {
    field.is_data_loc = true;
    field.type.erase(0, kDataLoc.size());
  }
  field.is_string = is_char(field.type) && field.type.ends_with(']');
  return field;
}

}  // namespace

Result<TracepointFormat> parse_format(std::string_view text, std::string_view category,
                                      std::string_view event) {
  TracepointFormat format{std::string(category), std::string(event), 0, {}};
  bool has_id = false;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.starts_with("print fmt:")) break;
    if (line.starts_with("ID:")) {
      const auto id = number_after(line, "ID: ");
      if (id) format.id = *id, has_id = true;
    } else if (auto field = parse_field(line); field && !field->name.starts_with("common_")) {
      format.fields.push_back(std::move(*field));
    }
  }
  if (!has_id)
    return Error{"cannot read the format of tracepoint:" + format.category + ":" + format.event +
                     "; it has no ID line",
                 0,
                 {}};
  return format;
}

}  // namespace scry::kernel
