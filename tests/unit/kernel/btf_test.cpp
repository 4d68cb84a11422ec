#include "kernel/btf.h"

#include <catch2/catch.hpp>
#include <cstring>

using namespace scry;
using kernel::Btf;

namespace {

// Builds raw BTF a type at a time.
class Builder {
 public:
  void type(const char* name, uint32_t kind, uint32_t count, uint32_t size_or_type,
            bool has_bits = false) {
    words({string(name), kind << 24 | count | (has_bits ? 1u << 31 : 0), size_or_type});
  }
  void member(const char* name, uint32_t type, uint32_t bit_offset) {
    words({string(name), type, bit_offset});
  }
  void words(std::initializer_list<uint32_t> values) { types_.insert(types_.end(), values); }

  std::string bytes() const {
    const auto type_size = static_cast<uint32_t>(types_.size() * 4);
    const uint32_t header[6] = {0x0001eb9f, 24,        0,
                                type_size,  type_size, static_cast<uint32_t>(strings_.size())};
    std::string out(reinterpret_cast<const char*>(header), sizeof header);
    out.append(reinterpret_cast<const char*>(types_.data()), type_size);
    return out + strings_;
  }

 private:
  uint32_t string(const char* text) {
    if (!*text) return 0;
    const auto at = static_cast<uint32_t>(strings_.size());
    strings_ += std::string(text) + '\0';
    return at;
  }

  std::vector<uint32_t> types_;
  std::string strings_ = std::string(1, '\0');
};

// struct inner { int x; int y; };
// struct outer { int a; struct { int b; }; const inner_t in; int bits : 3; };
std::string sample() {
  Builder b;
  b.type("int", 1, 0, 4), b.words({32});  // 1
  b.type("inner", 4, 2, 8);               // 2
  b.member("x", 1, 0), b.member("y", 1, 32);
  b.type("inner_t", 8, 0, 2);                // 3
  b.type("", 10, 0, 3);                      // 4: const
  b.type("", 4, 1, 4), b.member("b", 1, 0);  // 5
  b.type("outer", 4, 4, 24, true);           // 6
  b.member("a", 1, 0), b.member("", 5, 32), b.member("in", 4, 64),
      b.member("bits", 1, 3u << 24 | 128);
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
