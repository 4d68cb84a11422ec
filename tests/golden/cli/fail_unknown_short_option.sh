scry -x ok.bt
#--- expect
ERROR: unknown option `-x`
HINT: -h shows the options
