scry -B some -e 'BEGIN { }'
#--- expect
ERROR: `some` is no value of -B
HINT: it is one of: line, full, none
