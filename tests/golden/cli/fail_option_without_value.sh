scry -e
#--- expect
ERROR: option `-e` needs a value
HINT: -e PROGRAM
