echo 'BEGIN { x' >x.bt
scry fmt x.bt
#--- expect
x.bt:1:10-11: ERROR: syntax: expected '}'
BEGIN { x
         ~
x.bt:1:7-8: this '{' is not closed
BEGIN { x
      ~
