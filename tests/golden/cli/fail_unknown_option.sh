scry --verbos -e 'BEGIN { }'
#--- expect
ERROR: unknown option `--verbos`
HINT: did you mean `--verbose`? -h shows the options
