"""The watched service behind the guard."""

import watch  # puts the metrics into the application that the guard stands around
from guard import app as guarded
from logs import RequestLog

app = RequestLog(guarded, model=watch.model, version=watch.service.version)
