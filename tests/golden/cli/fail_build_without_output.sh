echo 'BEGIN { }' >ok.bt
scry build ok.bt
#--- expect
ERROR: scry build needs -o
HINT: scry build SCRIPT -o PLAN; run it with scry-run PLAN
