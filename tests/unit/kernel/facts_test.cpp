#include "kernel/facts.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "kernel/format.h"
#include "kernel/syscalls.h"

using namespace scry;
using namespace scry::kernel;

namespace {

std::unique_ptr<KernelFacts> fixture() { return make_fixture(SCRY_FIXTURES "/kernel"); }

}  // namespace

TEST_CASE("a tracepoint's fields come without the common ones", "[kernel]") {
  const auto format = fixture()->tracepoint("sched", "sched_switch");
  REQUIRE(format);
  const TracepointField* comm = format.value().find("prev_comm");
  REQUIRE(comm);
  CHECK(comm->type == "char[16]");
  CHECK(comm->offset == 8);
  CHECK(comm->size == 16);
  CHECK(comm->is_string);
  CHECK_FALSE(comm->is_data_loc);
  const TracepointField* state = format.value().find("prev_state");
  REQUIRE(state);
  CHECK(state->type == "long");
  CHECK(state->is_signed);
  CHECK(format.value().find("common_pid") == nullptr);
}

TEST_CASE("a string behind __data_loc is one", "[kernel]") {
  const auto format = fixture()->tracepoint("sched", "sched_process_exec");
  REQUIRE(format);
  const TracepointField* filename = format.value().find("filename");
  REQUIRE(filename);
  CHECK(filename->type == "char[]");
  CHECK(filename->is_string);
  CHECK(filename->is_data_loc);
}

TEST_CASE("arguments of a system call keep their order and types", "[kernel]") {
  const auto call = fixture()->syscall("openat");
  REQUIRE(call);
  CHECK(call->number == 257);
  REQUIRE(call->arguments.size() == 4);
  CHECK(call->arguments[1].name == "filename");
  CHECK(call->arguments[1].type == "const char *");
}

TEST_CASE("names of tracepoints and of unistd.h lead to the same call", "[kernel]") {
  CHECK(syscall_number("newfstat") == 5u);
  CHECK(syscall_number("fstat") == 5u);
  CHECK(syscall_number("newuname") == 63u);
  CHECK(syscall_number("umount") == 166u);
  CHECK(syscall_number("sendfile64") == 40u);
  CHECK(syscall_number("futex_waitv") == 449u);
  CHECK_FALSE(syscall_number("nosuch"));
}

TEST_CASE("the table has every number once", "[kernel]") {
  std::vector<uint32_t> numbers;
  for (const SyscallNumber& call : table_syscalls()) numbers.push_back(call.number);
  CHECK(std::is_sorted(numbers.begin(), numbers.end()));
  CHECK(std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end());
}

TEST_CASE("without tracefs the table answers for system calls", "[kernel]") {
  const auto facts = make_fixture("/nonexistent");
  const auto format = facts->tracepoint("syscalls", "sys_enter_openat");
  REQUIRE(format);
  CHECK(format.value().fields.size() == 5);
  CHECK(format.value().find("flags")->offset == 32);
  const auto exit = facts->tracepoint("syscalls", "sys_exit_openat");
  REQUIRE(exit);
  CHECK(exit.value().find("ret")->is_signed);
  CHECK(facts->syscalls().size() > 350);
  const auto matches = facts->tracepoints("syscalls", "sys_*_openat*");
  REQUIRE(matches);
  CHECK(matches.value().size() == 4);
  CHECK_FALSE(facts->tracepoint("sched", "sched_switch"));
}

TEST_CASE("wildcards list names in order", "[kernel]") {
  const auto matches = fixture()->tracepoints("sys*", "sys_enter_get*");
  REQUIRE(matches);
  REQUIRE(matches.value().size() == 2);
  CHECK(matches.value()[0].event == "sys_enter_getpid");
  CHECK(matches.value()[1].event == "sys_enter_getppid");
  CHECK(fixture()->tracepoints("nosuch", "*").value().empty());
}

TEST_CASE("a missing tracepoint names the nearest", "[kernel]") {
  const auto format = fixture()->tracepoint("syscalls", "sys_enter_opnat");
  REQUIRE_FALSE(format);
  CHECK(format.error().what == "tracepoint not found: syscalls:sys_enter_opnat");
  CHECK(format.error().hint == "did you mean `syscalls:sys_enter_openat`?");
  CHECK_FALSE(fixture()->tracepoint("../..", "sys_enter_openat"));
}

TEST_CASE("text that is no format is an error", "[kernel]") {
  CHECK_FALSE(parse_format("", "a", "b"));
  CHECK_FALSE(parse_format("field:;\nID\n", "a", "b"));
  CHECK(parse_format("ID: 7\nfield:int;\toffset:1;\n field:int x;\toffset:8;\tsize:4;\tsigned:1;",
                     "a", "b")
            .value()
            .fields.size() == 1);
}

TEST_CASE("traceable functions are sorted and know their module", "[kernel]") {
  const auto facts = fixture();
  const auto functions = facts->traceable_functions();
  REQUIRE(functions);
  REQUIRE(functions.value()->size() == 4);
  CHECK(functions.value()->front().name == "do_nanosleep");
  CHECK(functions.value()->at(1).name == "ext4_sync_file");
  CHECK(functions.value()->at(1).module == "ext4");
  CHECK(functions.value()->back().module.empty());
}
