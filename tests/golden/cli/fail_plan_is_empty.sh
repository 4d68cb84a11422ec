: >empty.scry
scry_run empty.scry
#--- expect
ERROR: `empty.scry` is not a compiled scry plan
HINT: compile a script with `scry build SCRIPT -o FILE`
