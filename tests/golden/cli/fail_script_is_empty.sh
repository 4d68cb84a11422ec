: >empty.bt
scry empty.bt
#--- expect
empty.bt: ERROR: No probes to attach
HINT: a script needs a probe, such as: BEGIN { printf("hello\n"); }
