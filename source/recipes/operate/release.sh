# sh release.sh VERSION: make a version the current one, forward or back.
set -e
if ! test -d "releases/$1"; then
    rm -rf releases/new
    python write_project.py iris --version "$1" --directory releases/new
    mv releases/new "releases/$1"
fi
ln -sfn "$1" releases/current
