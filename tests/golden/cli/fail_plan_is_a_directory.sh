mkdir folder
scry_run folder
#--- expect
ERROR: cannot read `folder`: Is a directory
