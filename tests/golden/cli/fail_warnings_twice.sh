scry -kk -e 'BEGIN { }'
#--- expect
ERROR: USAGE: -kk has been deprecated. Use a single -k for runtime warnings for errors in map lookups and probe reads.
