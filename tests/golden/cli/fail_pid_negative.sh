scry -p -5 -e 'BEGIN { }'
#--- expect
ERROR: `-5` is no process id
HINT: -p takes a positive number
