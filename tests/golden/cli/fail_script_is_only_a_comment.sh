scry -e '// nothing else'
#--- expect
stdin:1:1-2: ERROR: No probes to attach
// nothing else
~
HINT: a script needs a probe, such as: BEGIN { printf("hello\n"); }
