scry fmt
#--- expect
ERROR: no script given
HINT: scry FILE, or scry -e 'PROGRAM'; see scry --help
