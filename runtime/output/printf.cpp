#include "runtime/output/printf.h"

#include <fmt/format.h>

#include <cinttypes>
#include <cstdio>

namespace scry::runtime {

namespace {

// As an integer conversion sees it.
uint64_t bits_of(const Value& value) {
  struct Visitor {
    uint64_t operator()(std::monostate) { return 0; }
    uint64_t operator()(bool v) { return v; }
    uint64_t operator()(const Integer& v) { return v.bits; }
    uint64_t operator()(const Constant& v) { return v.number.bits; }
    uint64_t operator()(const Address& v) { return v.value; }
    uint64_t operator()(const std::string&) { return 0; }
    uint64_t operator()(const Tuple&) { return 0; }
    uint64_t operator()(const Average& v) { return quotient(v).bits; }
    uint64_t operator()(const Histogram&) { return 0; }
    uint64_t operator()(const Stack&) { return 0; }
    uint64_t operator()(const Bytes&) { return 0; }
  };
  return std::visit(Visitor{}, value.data);
}

uint64_t truncate(uint64_t bits, uint32_t bytes, bool is_signed) {
  if (bytes >= 8) return bits;
  const uint32_t unused = 64 - bytes * 8;
  return is_signed ? static_cast<uint64_t>(static_cast<int64_t>(bits << unused) >> unused)
                   : bits << unused >> unused;
}

// %rx and %rh, which are one conversion each.
constexpr char kAllEscaped = 'e';
constexpr char kAllHex = 'h';

std::string hex(const Value& value, std::string_view before, std::string_view between) {
  const Bytes* buffer = std::get_if<Bytes>(&value.data);
  std::string text;
  for (const char c : buffer ? buffer->bytes : std::string())
    text += fmt::format("{}{}{:02x}", text.empty() ? "" : between, before,
                        static_cast<unsigned char>(c));
  return text;
}

bool is_conversion(char c) {
  return std::string_view("diuxXocpsr").find(c) != std::string_view::npos;
}

}  // namespace

PrintfFormat PrintfFormat::parse(const std::string& text) {
  PrintfFormat format;
  Piece piece;
  const auto at = [&](size_t i) { return i < text.size() ? text[i] : '\0'; };
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '%') {
      piece.literal += text[i++];
      continue;
    }
    if (at(i + 1) == '%') {
      piece.literal += '%';
      i += 2;
      continue;
    }
    const size_t start = i++;
    std::string flags;
    while (std::string_view("-+ #0").find(at(i)) != std::string_view::npos && i < text.size())
      flags += text[i++];
    std::string width;
    while (at(i) >= '0' && at(i) <= '9') width += text[i++];
    if (at(i) == '*') ++i;
    if (at(i) == '.')
      for (++i; at(i) >= '0' && at(i) <= '9';) ++i;
    std::string length;
    while (std::string_view("hljztL").find(at(i)) != std::string_view::npos && i < text.size())
      length += text[i++];
    if (!is_conversion(at(i))) {
      // Unknown ones stand for themselves.
      piece.literal += text.substr(start, i - start);
      continue;
    }
    piece.conversion = text[i++];
    if (piece.conversion == 'r' && (at(i) == 'x' || at(i) == 'h'))
      piece.conversion = text[i++] == 'x' ? kAllEscaped : kAllHex;
    piece.is_left = flags.find('-') != flags.npos;
    piece.has_zero = flags.find('0') != flags.npos;
    piece.width = width.empty()
                      ? 0
                      : static_cast<uint32_t>(std::min(std::stoul(width.substr(0, 6)), 65536ul));
    piece.bytes = length == "hh" ? 1 : length == "h" ? 2 : length.empty() ? 4 : 8;
    piece.c_format =
        "%" + flags + (piece.width ? std::to_string(piece.width) : "") + "ll" + piece.conversion;
    format.pieces_.push_back(std::move(piece));
    piece = {};
  }
  if (!piece.literal.empty()) format.pieces_.push_back(std::move(piece));
  return format;
}

void PrintfFormat::put_padded(const Piece& piece, const std::string& text, std::string& out) {
  const size_t padding = piece.width > text.size() ? piece.width - text.size() : 0;
  if (!piece.is_left) out.append(padding, ' ');
  out += text;
  if (piece.is_left) out.append(padding, ' ');
}

void PrintfFormat::put(const Piece& piece, const Value& value, std::string& out) {
  switch (piece.conversion) {
    case 's':
    case 'r': put_padded(piece, to_text(value), out); return;
    case kAllEscaped: put_padded(piece, hex(value, "\\x", ""), out); return;
    case kAllHex: put_padded(piece, hex(value, "", " "), out); return;
    case 'c': put_padded(piece, std::string(1, static_cast<char>(bits_of(value))), out); return;
    case 'p': {
      const uint64_t bits = bits_of(value);
      put_padded(piece, bits == 0 ? "0" : fmt::format("{:#x}", bits), out);
      return;
    }
    default: break;
  }
  const bool is_signed = piece.conversion == 'd' || piece.conversion == 'i';
  const uint64_t bits = truncate(bits_of(value), piece.bytes, is_signed);
  if (piece.c_format.size() == 4 &&
      (is_signed || piece.conversion == 'u')) {  // "%lld": the common case
    out +=
        is_signed ? fmt::format_int(static_cast<int64_t>(bits)).str() : fmt::format_int(bits).str();
    return;
  }
  const size_t before = out.size();
  const size_t room = piece.width + 32;
  out.resize(before + room);
  const int written = std::snprintf(out.data() + before, room, piece.c_format.c_str(), bits);
  out.resize(before + static_cast<size_t>(std::max(written, 0)));
}

void PrintfFormat::format(std::span<const Value> arguments, std::string& out) const {
  size_t next = 0;
  for (const Piece& piece : pieces_) {
    out += piece.literal;
    if (piece.conversion == '\0' || next >= arguments.size()) continue;
    put(piece, arguments[next++], out);
  }
}

}  // namespace scry::runtime
