"""Give a client a new API key: python add_client.py NAME LIMIT, such as shop 60/minute."""

import hashlib
import json
import secrets
import sys
from pathlib import Path

from limits import parse

name, limit = sys.argv[1:]
parse(limit)  # stops on a limit that it cannot read

path = Path("clients.json")
clients = json.loads(path.read_text()) if path.exists() else {}
key = secrets.token_urlsafe(32)
clients[name] = {"sha256": hashlib.sha256(key.encode()).hexdigest(), "limit": limit}
path.write_text(json.dumps(clients, indent=2) + "\n")
path.chmod(0o600)
print(key)  # nobody can read it again: the file has only its hash
