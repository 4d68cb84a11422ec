scry build -e 'BEGIN { }' -o ok.scry
# The version is the first byte behind the magic line and the checksum, which is FNV-1a of the rest.
python3 - <<'END'
plan = bytearray(open("ok.scry", "rb").read())
magic, body = plan[:plan.index(b"\n") + 1], plan[plan.index(b"\n") + 9:]
body[0] = 99
checksum = 0xcbf29ce484222325
for byte in body:
    checksum = (checksum ^ byte) * 0x100000001b3 % 2**64
open("new.scry", "wb").write(magic + checksum.to_bytes(8, "little") + body)
END
scry_run new.scry 2>&1 | sed 's/reads format [0-9]*/reads format N/; s/by scry [0-9.]*/by scry N/'
exit "${PIPESTATUS[0]}"
#--- expect
ERROR: `new.scry` has plan format 99, written by scry N; this scry-run reads format N
HINT: build it again with this version of scry
