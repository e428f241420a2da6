"""Call the handler in the directory of a Lambda package, as Lambda would."""

import json
import sys
from pathlib import Path

event = json.loads(Path("event.json").read_text())
sys.path.insert(0, sys.argv[1])
from lambda_function import handler  # noqa: E402 - the path comes first

answer = handler(event, None)
print(answer["statusCode"], answer["body"])
