scry build -e 'BEGIN { printf("hello\n"); }' -o ok.scry
head -c 120 ok.scry >cut.scry
scry_run cut.scry
#--- expect
ERROR: `cut.scry` is damaged
HINT: build it again with `scry build`
