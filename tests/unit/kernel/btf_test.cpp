#include "kernel/btf.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "btf_builder.h"

using namespace scry;
using kernel::Btf;

namespace {

// struct inner { int x; int y; };
// struct outer { int a; struct { int b; }; const inner_t in; int bits : 3; };
// struct list { …; inner_t all[4]; };
// typedef struct { int only; } nameless_t;
std::string sample() {
  kernel::BtfBuilder b;
  b.type("int", 1, 0, 4), b.words({32});  // 1
  b.type("inner", 4, 2, 8);               // 2
  b.member("x", 1, 0), b.member("y", 1, 32);
  b.type("inner_t", 8, 0, 2);                // 3
  b.type("", 10, 0, 3);                      // 4: const
  b.type("", 4, 1, 4), b.member("b", 1, 0);  // 5
  b.type("outer", 4, 4, 24, true);           // 6
  b.member("a", 1, 0), b.member("", 5, 32), b.member("in", 4, 64),
      b.member("bits", 1, 3u << 24 | 128);
  b.type("", 3, 0, 0), b.words({3, 1, 4});  // 7: inner_t[4]
  b.type("list", 4, 1, 36);                 // 8
  b.member("all", 7, 32);
  b.type("", 4, 1, 8), b.member("only", 1, 0);  // 9
  b.type("nameless_t", 8, 0, 9);                // 10
  return b.bytes();
}

Result<Btf> parse(std::string bytes) { return Btf::parse(kernel::Bytes(std::move(bytes))); }

}  // namespace

TEST_CASE("offsets of members, nested and anonymous", "[kernel]") {
  auto btf = parse(sample());
  REQUIRE(btf);
  CHECK(btf.value().field_offset("outer", "a").value() == 0);
  CHECK(btf.value().field_offset("outer", "b").value() == 4);
  CHECK(btf.value().field_offset("outer", "in").value() == 8);
  CHECK(btf.value().field_offset("outer", "in.y").value() == 12);
}

TEST_CASE("places: elements of arrays, bit fields, structs behind a typedef", "[kernel]") {
  auto btf = parse(sample());
  REQUIRE(btf);
  CHECK(btf.value().place("list", "all[2].y").value().bit_offset == 32 + 2 * 64 + 32);
  CHECK(btf.value().size_of(btf.value().place("list", "all").value().type) == 32);
  CHECK(btf.value().place("outer", "bits").value().bit_offset == 128);
  CHECK(btf.value().place("outer", "bits").value().bit_size == 3);
  CHECK(btf.value().place("outer", "").value().bit_size == 0);
  CHECK(btf.value().place("nameless_t", "only").value().bit_offset == 0);
  for (const char* wrong : {"all[2", "all[x].y", "all[0][1]", "in[0]", "."})
    CHECK_FALSE(btf.value().place("list", wrong));
}

TEST_CASE("what BTF lacks is an error", "[kernel]") {
  auto btf = parse(sample());
  REQUIRE(btf);
  CHECK_FALSE(btf.value().field_offset("nosuch", "a"));
  CHECK_FALSE(btf.value().field_offset("outer", "nosuch"));
  CHECK_FALSE(btf.value().field_offset("outer", "a.b"));
  CHECK_FALSE(btf.value().field_offset("outer", ""));
  CHECK(btf.value().field_offset("outer", "bits").error().message().find("bit field") !=
        std::string::npos);
}

TEST_CASE("bytes that are no BTF never crash", "[kernel]") {
  CHECK_FALSE(parse(""));
  CHECK_FALSE(parse(std::string(100, 'x')));
  const std::string whole = sample();
  for (size_t size = 0; size < whole.size(); ++size) (void)parse(whole.substr(0, size)).ok();
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0xff);
    auto btf = parse(changed);
    if (btf) (void)btf.value().field_offset("outer", "in.y").ok();
  }
}
