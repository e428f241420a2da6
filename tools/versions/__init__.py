"""All versions of the site in one tree: ``make versions``.

``refs`` says which versions a repository has, ``environments`` gives each the packages of its own
lock, ``work`` builds one in a clean worktree, ``tree`` puts them together. ``__main__`` does it for
all, one after the other; a version that was built is not built again.
"""
