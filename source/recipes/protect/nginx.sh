mkdir -p temporary
nginx -p . -c nginx.conf -t
nginx -p . -c nginx.conf
