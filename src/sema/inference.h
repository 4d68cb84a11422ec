// The rules of type inference: what a literal is, what holds two types, how a type is stored.
#pragma once

#include "types/type.h"

namespace scry::sema {

// Wide enough for every 64-bit literal, signed or not, and for one operation on two of them.
using Wide = __int128;

// The smallest signed type that holds the value; uint64 above its range. A value >= 0 is sign-free.
// The value fits 64 bits, signed or unsigned.
Type literal_type(Wide value);

// The smallest type that holds both, as variables, keys and map values widen; None is the type of
// nothing yet. Poison when there is none.
Type unify(const Type& a, const Type& b);

// The type a value has in a variable, a map or an event: integers take 8 bytes there.
Type stored(const Type& type);

// int64 or uint64: the type of arithmetic on both. Literals that fit take the other side's sign.
Type common_integer(const Type& a, const Type& b);

// As messages say it: to_string, but a missing value is "void".
std::string describe(const Type& type);

}  // namespace scry::sema
