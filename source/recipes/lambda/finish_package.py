"""Make the directory of a Lambda image: python finish_package.py iris-lambda.zip image."""

import shutil
import sys
import zipfile
from pathlib import Path

package, directory = sys.argv[1], Path(sys.argv[2])
shutil.rmtree(directory, ignore_errors=True)
with zipfile.ZipFile(package) as archive:
    archive.extractall(directory)

# Release 0.2.0 packs the model one level too deep.
model = directory / "model"
for file in list((model / "model").iterdir()):
    shutil.move(file, model)
(model / "model").rmdir()

# The packages and versions of the training. To load a model, mlflow-skinny is enough.
lines = (model / "requirements.txt").read_text().split()
needed = {line.replace("mlflow==", "mlflow-skinny==") for line in lines}
if not any(line.startswith("pandas==") for line in needed):
    needed.add("pandas")
(directory / "requirements.txt").write_text("\n".join(sorted(needed)) + "\n")

for name in ("Dockerfile", "handler.py"):
    shutil.copy(Path(__file__).with_name(name), directory)
print(directory)
