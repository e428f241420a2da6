pip install kubernetes-validate
kubernetes-validate --strict manifests/*.yaml
