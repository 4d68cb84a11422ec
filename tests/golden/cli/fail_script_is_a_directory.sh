mkdir folder.bt
scry folder.bt
#--- expect
ERROR: cannot read `folder.bt`: Is a directory
