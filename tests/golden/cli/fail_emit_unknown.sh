scry --emit=tokens -e 'BEGIN { }'
#--- expect
ERROR: `tokens` is no stage to emit
HINT: stages: lex, ast, hir, llvm, llvm-opt, elf, plan
