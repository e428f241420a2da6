python finish_package.py iris-lambda.zip image
