// The one translation unit that holds Catch2's own code, and the summary line every suite ends with.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#include <cstdio>

namespace {

struct Summary : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;

  void testRunEnded(const Catch::TestRunStats& run) override {
    const auto& cases = run.totals.testCases;
    std::printf("%zu passed, %zu failed, 0 skipped\n", size_t{cases.passed + cases.failedButOk},
                size_t{cases.failed});
  }
};

}  // namespace

CATCH_REGISTER_LISTENER(Summary)
