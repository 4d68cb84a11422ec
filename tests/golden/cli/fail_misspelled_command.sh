scry bulid ok.bt
#--- expect
ERROR: cannot open `bulid`: No such file or directory
HINT: did you mean `scry build`?
