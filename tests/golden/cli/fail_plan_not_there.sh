scry_run nosuch.scry
#--- expect
ERROR: cannot open `nosuch.scry`: No such file or directory
