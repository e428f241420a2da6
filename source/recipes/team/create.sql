CREATE ROLE mlflow LOGIN PASSWORD 'choose-your-own';
CREATE DATABASE mlflow OWNER mlflow;
