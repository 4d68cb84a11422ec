scry -f xml -e 'BEGIN { }'
#--- expect
ERROR: `xml` is no value of -f
HINT: it is one of: text, json
