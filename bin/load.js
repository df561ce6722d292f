const { readFileSync } = require('node:fs')
const Module = require('node:module')
const { dirname, join } = require('node:path')
const vm = require('node:vm')

const FILE = join(__dirname, '../dist/nofx.cjs')

/**
 * Loads the bundle with the compiled code that the build stored beside it. V8 accepts such code only if the same V8
 * made it from the same source, and compiles otherwise. Node.js 22 caches compiled code itself, wherever the bundle was
 * built.
 */
function load() {
  const cachedData = readCache()
  if (!cachedData) Module.enableCompileCache?.()
  if (!cachedData) return { exports: require(FILE) }
  const script = compile(cachedData)
  const bundle = new Module(FILE, module)
  bundle.filename = FILE
  bundle.paths = Module._nodeModulePaths(dirname(FILE))
  Module._cache[FILE] = bundle
  script
    .runInThisContext()
    .call(bundle.exports, bundle.exports, Module.createRequire(FILE), bundle, FILE, dirname(FILE))
  bundle.loaded = true
  return { exports: bundle.exports, script }
}

function compile(cachedData) {
  // The build leaves nothing beyond ASCII in the bundle.
  return new vm.Script(Module.wrap(readFileSync(FILE, 'latin1')), {
    filename: FILE,
    cachedData: cachedData.length ? cachedData : undefined,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
}

/** The cached code; undefined without a cache, and empty while the build creates one. */
function readCache() {
  try {
    return readFileSync(`${FILE}.cache`)
  } catch {
    return undefined
  }
}

module.exports = { load }
