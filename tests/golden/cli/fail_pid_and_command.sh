scry -p 1 -c true -e 'BEGIN { }'
#--- expect
ERROR: -p and -c exclude each other
HINT: trace a running process, or start one
