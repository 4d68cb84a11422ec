scry_run
#--- expect
ERROR: no plan given
HINT: scry-run PLAN; see scry-run --help
