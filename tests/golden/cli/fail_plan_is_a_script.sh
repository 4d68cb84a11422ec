echo 'BEGIN { }' >ok.bt
scry_run ok.bt
#--- expect
ERROR: `ok.bt` is not a compiled scry plan
HINT: compile a script with `scry build SCRIPT -o FILE`
