// Keeps out of a start what few starts of a command use: packages lie in a file of their own beside the bundle, and modules
// of Node.js are loaded by their first use.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { deferred } from './deferred.mjs'
import { importedNames } from './sources.mjs'

const require = createRequire(import.meta.url)

/** Packages that lie in dist/packages.cjs, and one that a publish loads without the others. */
const PACKAGES = [
  ...['@dagrejs/dagre', '@hono/node-server', 'cli-spinners', 'color-convert', 'hono', 'hono/body-limit'],
  ...[
    'hono/cors',
    'hono/method-not-allowed',
    'ipaddr.js',
    'jose',
    'jsonc-parser',
    'lilconfig',
    'minimatch',
    'tinyglobby',
  ],
]
const ALONE = ['pg']
const APART = [...PACKAGES, ...ALONE]
const fileOf = (path) => `./${ALONE.includes(path) ? path : 'packages'}.cjs`
/** Packages and modules that are one function or class, and stay in the bundle: string-width alone takes as long to begin as all other modules. */
const FUNCTIONS = [
  ...['clean-stack', 'string-width', 'widest-line', 'wrap-ansi'],
  ...['semver/classes/range.js', 'semver/functions/satisfies.js', 'semver/ranges/valid.js'],
]
/**
 * Packages in node_modules, of which a start needs none. They are loaded by `require` everywhere: `import()` would load
 * another copy of each, as ES modules.
 */
const BESIDE = ['@supabase/supabase-js', 'ws', 'yaml']
/** Modules of Node.js, each of which takes one to ten milliseconds to begin. */
const BUILTINS = [
  ...[
    'child_process',
    'crypto',
    'dns',
    'dns/promises',
    'http',
    'https',
    'perf_hooks',
    'readline',
    'readline/promises',
  ],
  ...['v8', 'worker_threads', 'zlib'],
]
/** Its CommonJS form loads its parts by a function that a bundler cannot see. */
const ALIAS = { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' }

/** pg asks for the name of the system, and without one it loads all of Node's fetch to learn whether it runs at Cloudflare. */
const NODE_ALONE = { navigator: '{"userAgent":"Node.js"}' }
/** What pg loads only if it is installed, or at Cloudflare. */
const OPTIONAL = ['pg-native', 'pg-cloudflare']

const oneOf = (names) =>
  new RegExp(`^(?:node:)?(?:${names.map((name) => name.replace('.', '\\.')).join('|')})$`)
/** Replaces these modules in the bundle of the CLI. */
export const onDemand = {
  name: 'on demand',
  setup: ({ onResolve, onLoad }) => {
    const stub = (filter, namespace, isStubbed = () => true) => {
      onResolve({ filter }, (args) =>
        args.namespace !== namespace && isStubbed(args)
          ? {
              path: args.path.replace(/^node:/, ''),
              namespace,
              pluginData: args.resolveDir,
              sideEffects: false,
            }
          : undefined,
      )
    }
    stub(oneOf(APART), 'apart', ({ path, kind, importer }) => {
      const own = kind === 'require-call' && createRequire(importer).resolve(path)
      if (own && own !== require.resolve(path))
        throw new Error(`${importer} has a version of ${path} of its own`)
      return true
    })
    stub(oneOf(BUILTINS), 'builtin')
    // Packages have older versions of string-width, which begin faster.
    stub(
      oneOf(FUNCTIONS),
      'function',
      ({ path, kind }) => path !== 'string-width' || kind === 'import-statement',
    )
    // Other programs of the package load this file, too.
    stub(/^re2js$/, 're2js')
    stub(oneOf(BESIDE), 'beside')
    onResolve({ filter: /^\.\/(?:re2js|packages|pg|importer|direct|server)\.cjs$/ }, ({ path }) => ({
      path,
      external: true,
    }))
    onLoad({ filter: /./, namespace: 'apart' }, ({ path }) => ({
      contents: deferred(namesOf(path), `require('${fileOf(path)}').load('${path}')`),
    }))
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: deferred(Object.keys(require(`node:${path}`)), `require('node:${path}')`),
    }))
    onLoad({ filter: /./, namespace: 'beside' }, ({ path }) => ({
      contents: deferred(Object.keys(require(path)), `require('${path}')`),
    }))
    onLoad({ filter: /./, namespace: 're2js' }, () => ({
      contents: deferred(['RE2JS'], "require('./re2js.cjs')"),
    }))
    // oclif asks at every start whether Windows is below; only then does it need the path of PowerShell.
    stub(/^wsl-utils$/, 'wsl')
    onLoad({ filter: /./, namespace: 'wsl' }, ({ pluginData: resolveDir }) => ({
      contents: `export { default as isWsl } from 'is-wsl'
export const powerShellPath = async () => (await import('wsl-utils')).powerShellPath()`,
      resolveDir,
    }))
    onLoad({ filter: /./, namespace: 'function' }, ({ path, pluginData: resolveDir }) => ({
      contents: `module.exports = function (...all) {
  const named = require('${path}')
  const own = named.default ?? named
  return new.target ? new own(...all) : own(...all)
}`,
      resolveDir,
    }))
  },
}

/** Builds the files of packages. Returns what esbuild knows of them. */
export function buildPackages(common, resolveDir) {
  return Promise.all([PACKAGES, ALONE].map((paths) => buildFile(paths, common, resolveDir)))
}

function buildFile(paths, common, resolveDir) {
  const contents = `const packages = {${paths.map((path) => `'${path}': () => require('apart:${path}')`).join()}}
exports.load = (path) => packages[path]()`
  return build({
    ...common,
    stdin: { resolveDir, contents },
    outfile: join('dist', fileOf(paths[0])),
    format: 'cjs',
    alias: ALIAS,
    define: NODE_ALONE,
    external: OPTIONAL,
    plugins: [
      {
        name: 'used names',
        setup: ({ onResolve, onLoad }) => {
          onResolve({ filter: /^apart:/ }, ({ path }) => ({ path: path.slice(6), namespace: 'apart' }))
          onLoad({ filter: /./, namespace: 'apart' }, ({ path }) => ({
            contents: isCommonJs(path)
              ? `module.exports = require('${path}')`
              : `export { ${namesOf(path).join(', ')} } from '${path}'`,
            resolveDir,
          }))
        },
      },
    ],
  })
}

/** What the sources, or packages in the bundle, import from a package. */
function namesOf(path) {
  return isCommonJs(path) ? Object.keys(require(path)) : importedNames(path)
}

/** Packages that other packages load, or that have a default export alone, are CommonJS. */
function isCommonJs(path) {
  return importedNames(path).length === 0
}
