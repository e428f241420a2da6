pip install check-jsonschema
check-jsonschema --schemafile mltrack.schema.json .mltrack.yml
