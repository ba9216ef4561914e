"""Is this request ours? For receivers of the webhook: headers in small letters, the body as it came."""

import base64
import hashlib
import hmac
import time


def is_genuine(headers, body, secret):
    told, sent_at = headers["webhook-signature"].split(), headers["webhook-timestamp"]
    signed = b".".join([headers["webhook-id"].encode(), sent_at.encode(), body])
    right = "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    return abs(time.time() - int(sent_at)) < 300 and any(hmac.compare_digest(one, right) for one in told)
