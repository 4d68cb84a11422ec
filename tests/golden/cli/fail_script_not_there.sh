scry nosuch.bt
#--- expect
ERROR: cannot open `nosuch.bt`: No such file or directory
