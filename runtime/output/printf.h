// printf of the language: a format parsed once, then applied to values. The grammar of a conversion is
// language.md's: flags `-+ #0`, width, precision (accepted and ignored), length, conversion.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runtime/output/value.h"

namespace scry::runtime {

class PrintfFormat {
 public:
  static PrintfFormat parse(const std::string& text);

  // Appends to `out`. A conversion without its value prints nothing: sema has checked the counts.
  void format(std::span<const Value> arguments, std::string& out) const;

 private:
  struct Piece {
    std::string literal;     // printed before the conversion
    char conversion = '\0';  // '\0': none follows
    bool is_left = false;    // flag -
    bool has_zero = false;   // flag 0
    uint32_t width = 0;
    uint32_t bytes = 4;    // of the integer: length hh h l ll j z t
    std::string c_format;  // for snprintf with an unsigned or signed long long
  };

  static void put_padded(const Piece& piece, const std::string& text, std::string& out);
  static void put(const Piece& piece, const Value& value, std::string& out);

  std::vector<Piece> pieces_;
};

}  // namespace scry::runtime
