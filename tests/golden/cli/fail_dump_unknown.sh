scry -d nosuch -e 'BEGIN { }'
#--- expect
ERROR: `nosuch` is no stage of -d
HINT: stages: all, lex, ast, hir (types), codegen, codegen-opt, plan, verifier
