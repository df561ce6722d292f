#!/bin/sh
# Prints the changes between two tags or commits, one a line, the oldest first.
set -eu
git log --reverse --no-merges --format='%h %s' "${1:?the last release}..${2:-HEAD}"
