#!/bin/sh
# Sends a feed file with curl, safely: EKTP_TOKEN=… sh send.sh https://ektp.example FILE.csv
# Run it again after any cut: the key lies beside the file until the answer has come.
set -eu
site=${1%/} file=$2 key=$2.key answer=$2.answer
[ -s "$key" ] || od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$key"
case $file in *.ndjson) kind=application/x-ndjson ;; *) kind=text/csv ;; esac
# --retry covers cuts, 408, 429 and 5xx, and waits as long as Retry-After says; the same key makes that safe
call() { curl -sS --retry 9 --retry-all-errors --retry-connrefused --max-time 120 -H "Authorization: Bearer $EKTP_TOKEN" "$@"; }
while :; do
  status=$(gzip -nc "$file" | curl -sS --max-time 120 -o "$answer" -D "$answer.head" -w '%{http_code}' \
    -H "Authorization: Bearer $EKTP_TOKEN" -H "Idempotency-Key: $(cat "$key")" -H "Content-Type: $kind" \
    -H 'Content-Encoding: gzip' --data-binary @- "$site/api/v1/batches" || true)
  case $status in
    200 | 201 | 202) break ;;
    000 | 408 | 429 | 5??) sleep "${EKTP_PAUSE:-5}" ;;
    409) grep -q '"key_at_work"' "$answer" && sleep 2 || { cat "$answer" >&2; rm -f "$key"; exit 1; } ;;
    *) cat "$answer" >&2; rm -f "$key"; exit 1 ;;
  esac
done
address=$(sed -n 's/^[Ll]ocation: *//p' "$answer.head" | tr -d '\r')
while grep -q '"state": "working"' "$answer"; do sleep 2; call -o "$answer" "$site$address"; done
cat "$answer"; echo
grep -q '"rejected": 0[,}]' "$answer" || call -o "$file.rejects.csv" "$site$address/rejects"
rm -f "$key" "$answer" "$answer.head"
