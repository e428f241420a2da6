docker build -f Dockerfile -t registry.example.com/iris:1 service/iris
docker push registry.example.com/iris:1
kubectl apply -f manifests/
kubectl rollout status deployment/iris
