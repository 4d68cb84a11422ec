scry -k --no-warnings -e 'BEGIN { }'
#--- expect
ERROR: USAGE: -k, --warnings conflicts with --no-warnings
