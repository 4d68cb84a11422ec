scry -p 99999999999999999999 -e 'BEGIN { }'
#--- expect
ERROR: `99999999999999999999` is no process id
HINT: -p takes a positive number
