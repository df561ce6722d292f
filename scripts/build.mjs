// Builds dist/ and oclif.manifest.json. Prints nothing unless something is wrong.
//
// Everything that each start needs is one CommonJS file whose modules run only on demand: reading and linking many ES
// modules would take longer than the work of a small command. oclif finds a stub for each command and hook, so that
// it still loads only the command to run. The embedded cloud is bundled beside it: unbundled it takes twice as long
// to load, and needs 100 MB of packages that NOFX does not use.
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { buildCheck, fromCheck, joinParts } from './bundle/check.mjs'
import { buildConsole } from './bundle/console.mjs'
import { buildLibraries } from './bundle/libraries.mjs'
import { buildPackages, onDemand } from './bundle/on-demand.mjs'
import { buildParts, inBundle } from './bundle/parts.mjs'
import { listFiles } from './list-files.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
process.chdir(root)
rmSync('dist', { recursive: true, force: true })

const commands = listFiles('src/commands')
  .filter((path) => path.endsWith('.ts'))
  .map((path) => relative('src', path).replace(/\.ts$/, ''))
// Each is named like its kind.
const kindNames = readdirSync('src/plugins')
const hooks = [...kindNames.map((name) => `plugins/${name}/hook`), 'exchange/hook']
// oclif loads its help class from a file, too.
const modules = [...commands, ...hooks, 'cli/terminal/help']

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
  legalComments: 'none',
  metafile: true,
}

/**
 * Packages that only few commands need are loaded from node_modules; typescript and ts-node are optional development
 * tools of oclif.
 */
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const external = ['typescript', 'ts-node', 'tsx', '@libsql/client', 'vite', ...Object.keys(dependencies)]

const options = {
  ...common,
  format: 'cjs',
  external,
  // import.meta is empty in a CommonJS file.
  define: {
    'import.meta.url': '__url',
    'import.meta.dirname': '__dirname',
    __NOFX_BUILD__: JSON.stringify(buildId()),
  },
  plugins: [
    onDemand,
    {
      name: 'MCP server beside the bundle',
      setup: ({ onResolve }) =>
        onResolve({ filter: /\/mcp\/serve-(http|stdio)\.ts$/ }, ({ path }) => ({
          path: `./mcp-${/serve-(http|stdio)/.exec(path)[1]}.js`,
          external: true,
        })),
    },
    {
      name: 'embedded cloud beside the bundle',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^(@supabase\/lite(\/|$)|kysely$)/ }, ({ path }) => ({
          path: `./lite/${path === 'kysely' ? path : (path.split('/')[2] ?? 'index')}.mjs`,
          external: true,
        })),
    },
  ],
}

const parts = await buildParts(options, root)
const check = await buildCheck({ ...options, plugins: [...inBundle, ...options.plugins] }, root, kindNames)
const used = new Set([...modules.map((name) => `src/${name}.ts`), 'src/cli/output.ts', ...parts.used])
const entries = [...used].filter((path) => path !== 'zod' && !check.files.has(path))

const cli = await build({
  ...options,
  stdin: {
    resolveDir: root,
    loader: 'ts',
    contents: [
      // oclif is loaded when it is needed.
      "export const run = () => require('./src/cli/run.ts').run()",
      `const modules = {${entries.map((path) => `'${path}': () => require('./${path}')`).join()}}`,
      'export const load = (path) => (modules[path] ?? (() => __check.load(path)))()',
    ].join('\n'),
  },
  outfile: 'dist/nofx.cjs',
  write: false,
  plugins: [...inBundle, fromCheck(check.files), ...options.plugins],
})
writeFileSync('dist/nofx.cjs', joinParts(check, cli))
writeFileSync('dist/import.cjs', 'module.exports = (name) => import(name)\n')

const packages = await buildPackages(common, root)

// The answers that need nothing else (bin/run.js), and the thread that reads definitions.
const version = "export { printVersion as answer } from './src/cli/quick/print-version.ts'"
const help = `import { printHelp } from './src/cli/quick/print-help.ts'
export { VERSION_PLACE, WIDTHS } from './src/cli/quick/print-help.ts'
// oclif's own rule, which no package exports.
const paints = () => require('./node_modules/@oclif/core/lib/ux/theme.js').colorize('bold', 'x') !== 'x'
export const answer = (root, words) => printHelp(root, words, paints)`
const completion = "export { printCompletion as answer } from './src/cli/quick/print-completion.ts'"
const reader = `import { setFlagsFromString } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import { readInThread } from './src/core/reading/shared-reading.ts'
const read = (order) => {
  if (order.budget) setFlagsFromString('--interrupt-budget=' + order.budget)
  readInThread(order, (answer) => parentPort.postMessage(answer))
}
// A thread that was started before its order was there gets it in a message.
if (workerData) read(workerData)
else parentPort.once('message', read)`
for (const [name, contents] of Object.entries({ version, help, completion, reader }))
  await build({
    ...common,
    stdin: { resolveDir: root, contents },
    outfile: `dist/${name}.cjs`,
    format: 'cjs',
  })

const lite = await build({
  ...common,
  entryPoints: {
    index: '@supabase/lite',
    thread: 'src/cloud/embedded/database/pglite-thread.ts',
    postgres: '@supabase/lite/postgres',
    kysely: 'kysely',
  },
  outdir: 'dist/lite',
  outExtension: { '.js': '.mjs' },
  splitting: true,
  format: 'esm',
  external,
  plugins: [
    {
      // Lite loads pg-delta when it compares schemas, which NOFX never asks of it.
      name: 'no comparison of schemas',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^@supabase\/pg-delta\// }, ({ path }) => ({ path, external: true })),
    },
    {
      // src/cloud/embedded/database/postgres-connection.ts gives lite a connection with another driver.
      name: 'no driver of its own',
      setup: ({ onResolve, onLoad }) => {
        onResolve({ filter: /^postgres$/ }, ({ path }) => ({ path, namespace: 'no driver' }))
        onLoad({ filter: /./, namespace: 'no driver' }, () => ({ contents: 'export default () => ({})' }))
      },
    },
  ],
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
})

// The database that an embedded cloud begins with; it is made while the rest is built.
const prepared = promisify(execFile)(process.execPath, ['scripts/bundle/prepared.mjs'])

// The modules that other programs import, and the program that `nofx worker run` puts between an agent's client and
// each MCP server.
const libraries = await buildLibraries(common, external)

// The page that `nofx dev` and a deployment serve below /console.
const pages = await buildConsole()

for (const name of modules) {
  const stub = join('dist', `${name}.cjs`)
  mkdirSync(dirname(stub), { recursive: true })
  const bundle = relative(dirname(stub), 'dist/nofx.cjs').replaceAll('\\', '/')
  writeFileSync(stub, `module.exports = require('./${bundle}').load('src/${name}.ts')\n`)
}
writeFileSync(
  'dist/THIRD-PARTY-LICENSES.txt',
  licencesOf([check.made, cli, ...parts.results, ...packages, lite, ...libraries, pages]),
)

// Does the work of `oclif manifest` without installing oclif's own CLI.
rmSync('oclif.manifest.json', { force: true })
const { Plugin } = await import('@oclif/core')
const plugin = new Plugin({ root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true })
await plugin.load()
writeFileSync('oclif.manifest.json', JSON.stringify(plugin.manifest))

execFileSync(process.execPath, ['scripts/bundle/code-cache.cjs'])
execFileSync(process.execPath, ['scripts/bundle/quick-texts.cjs'])
await prepared

/** Changes with every source file, with the migrations, and with the versions of what the sources import. */
function buildId() {
  const hash = createHash('sha256')
  for (const path of ['package.json', ...['src', 'supabase/migrations'].flatMap(listFiles).sort()])
    hash.update(path).update(readFileSync(path))
  return hash.digest('hex').slice(0, 16)
}

/** The licenses of every package whose code is in the bundles. */
function licencesOf(results) {
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs))
  const folders = inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean)
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
      return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : ''}\n`
    })
    .join(`\n${'-'.repeat(78)}\n\n`)
}
