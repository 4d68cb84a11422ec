{ echo 'BEGIN { exit(); }'; head -c 10000000 /dev/zero | tr '\0' '/'; } >big.bt
scry big.bt
#--- expect
big.bt:1:1-2: ERROR: script is too large: 10000018 bytes; the limit is 1048576
BEGIN { exit(); }
~
