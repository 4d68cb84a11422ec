echo 'BEGIN { }' >ok.bt
scry build ok.bt -o nosuch/ok.scry
#--- expect
ERROR: cannot create `nosuch/ok.scry`: No such file or directory
