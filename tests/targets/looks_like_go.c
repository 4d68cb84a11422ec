/* A program with the section by which a Go binary is known, and nothing else of Go. */
__attribute__((section(".go.buildinfo"), used)) static const char build_info[] = "\xff Go buildinf:";

__attribute__((noinline)) int work(int n) { return n + 1; }

int main(void) { return work(-1); }
