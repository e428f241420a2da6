kubectl set image deployment/iris service=registry.example.com/iris:2
kubectl rollout undo deployment/iris
