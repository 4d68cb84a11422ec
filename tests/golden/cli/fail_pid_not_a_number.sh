scry -p abc -e 'BEGIN { }'
#--- expect
ERROR: `abc` is no process id
HINT: -p takes a positive number
