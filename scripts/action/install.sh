# Puts nofx in place for the other steps of action.yml. Installs outside of the repository, so that no .npmrc of a pull
# request says where packages come from, and runs no package's scripts.
set -euo pipefail

if [ -n "$NOFX_VERSION" ] && [ -f "$NOFX_VERSION/bin/run.js" ]; then
  folder=$(cd "$NOFX_VERSION" && pwd)
else
  version=${NOFX_VERSION:-$(node -p 'require(process.argv[1]).version' "$GITHUB_ACTION_PATH/package.json")}
  mkdir -p "$RUNNER_TEMP/nofx"
  cd "$RUNNER_TEMP/nofx"
  npm install --prefix . --no-save --ignore-scripts --no-audit --no-fund --loglevel=error -- "nofx@$version"
  folder=$PWD/node_modules/nofx
fi
echo "bin=$folder/bin/run.js" >>"$GITHUB_OUTPUT"
