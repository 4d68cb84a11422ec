printf 'BEGIN {\0\1\2 }' >binary.bt
scry binary.bt
#--- expect
ERROR: `binary.bt` is not a script: it is binary data
