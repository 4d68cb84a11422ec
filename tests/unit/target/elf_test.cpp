#include "target/elf.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "base/fd.h"
#include "target/binary.h"

using namespace scry;
using namespace scry::target;

// The test program looks at itself: these are there to be found.
extern "C" {
[[gnu::noipa, gnu::used]] int scry_test_alpha(int x) { return x + 1; }
[[gnu::noipa, gnu::used]] int scry_test_beta(int x) { return x + 2; }
}

TEST_CASE("a function's file offset holds its code", "[target]") {
  REQUIRE(scry_test_alpha(scry_test_beta(0)) == 3);
  const auto elf = ElfFile::open("/proc/self/exe");
  REQUIRE(elf);
  const auto function = elf.value().find("scry_test_alpha");
  REQUIRE(function);
  CHECK(function->size > 0);
  const auto bytes = read_file("/proc/self/exe", size_t{1} << 30);
  REQUIRE(bytes);
  REQUIRE(function->offset + 4 < bytes.value().size());
  // The programs are not position independent: linked and loaded address are the same.
  CHECK(std::memcmp(bytes.value().data() + function->offset,
                    reinterpret_cast<void*>(&scry_test_alpha), 4) == 0);
  CHECK(elf.value().function_at(function->address)->name == "scry_test_alpha");
  CHECK(elf.value().file_offset(function->address) == function->offset);
  CHECK_FALSE(elf.value().file_offset(1));
}

TEST_CASE("wildcards match functions in order", "[target]") {
  const auto elf = ElfFile::open("/proc/self/exe");
  REQUIRE(elf);
  const auto functions = elf.value().match("scry_test_*a");
  REQUIRE(functions.size() == 2);
  CHECK(functions[0].name == "scry_test_alpha");
  CHECK(functions[1].name == "scry_test_beta");
  CHECK(elf.value().nearest_name("scry_test_alpah") == "scry_test_alpha");
  CHECK_FALSE(elf.value().find("nosuch"));
  CHECK_FALSE(elf.value().is_go());
}

TEST_CASE("what is no program is an error", "[target]") {
  CHECK(ElfFile::open("/etc/passwd").error().message() ==
        "`/etc/passwd` is not a 64-bit ELF program or library");
  CHECK_FALSE(ElfFile::open("/nonexistent"));
  CHECK_FALSE(ElfFile::open("/dev/null"));
  CHECK_FALSE(ElfFile::open("/tmp"));
}

TEST_CASE("commands, paths and processes are found", "[target]") {
  CHECK(resolve_binary("/bin/sh", {}).value() == "/bin/sh");
  CHECK(resolve_binary("sh", {}).value().ends_with("/sh"));
  CHECK(resolve_binary("", ::getpid()).value() == "/proc/" + std::to_string(::getpid()) + "/exe");
  CHECK_FALSE(resolve_binary("", {}));
  CHECK_FALSE(resolve_binary("/nonexistent", {}));
  CHECK_FALSE(resolve_binary("/tmp", {}));
  CHECK_FALSE(resolve_binary("no-such-command", {}));
}

TEST_CASE("libraries are found in the cache", "[target]") {
  std::string cache = "glibc-ld.so.cache1.1";
  const auto word = [&](uint32_t value) { cache.append(reinterpret_cast<const char*>(&value), 4); };
  word(2), word(0);
  cache.resize(48);
  const uint32_t strings = 48 + 2 * 24;
  word(0x0803), word(strings), word(strings + 10), word(0), word(0),
      word(0);  // another architecture
  word(0x0303), word(strings), word(strings + 20), word(0), word(0), word(0);
  cache += std::string("libx.so.6\0/32/x.so\0\0/lib/libx.so.6\0", 35);
  CHECK(find_library("libx", cache) == "/lib/libx.so.6");
  CHECK(find_library("libx.so.6", cache) == "/lib/libx.so.6");
  CHECK_FALSE(find_library("lib", cache));
  for (size_t size = 0; size < cache.size(); ++size)
    (void)find_library("libx", cache.substr(0, size));
}
