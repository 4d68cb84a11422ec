echo 'BEGIN { }' >ok.bt
scry build ok.bt -o /dev/full
#--- expect
ERROR: cannot write to `/dev/full`: No space left on device
