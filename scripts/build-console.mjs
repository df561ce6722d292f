// Builds the web console into dist/console/: hashed files in assets/, and the page that names them. Fails when a size is
// over its budget.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { joinFirstLoad } from './join-first-load.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Largest sizes in bytes, compressed by gzip. */
export const BUDGET = { firstScripts: 45_000, styles: 8_000, chunk: 30_000, unpacked: 400_000 }

/**
 * Builds the console.
 * @param {string} target the folder, which is replaced
 * @returns {Promise<object>} esbuild's description of what is in each file, for the licences
 */
export async function buildConsole(target = join(root, 'dist/console')) {
  rmSync(target, { recursive: true, force: true })
  const made = await build({
    absWorkingDir: root,
    entryPoints: { console: 'console/main.tsx', style: 'console/style/console.css' },
    outdir: join(target, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    write: false,
    logLevel: 'warning',
    legalComments: 'none',
  })
  const { first, style, files } = await joinOutputs(made)
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const icon = placeIcon(target)
  writeFileSync(join(target, 'index.html'), pageOf({ script: first, style, icon }))
  holdBudget(files, first, style)
  return made
}

/** The files to write, by path: the scripts of the first load are one. */
async function joinOutputs({ metafile, outputFiles }) {
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]))
  const outputs = Object.entries(metafile.outputs).map(([path, { imports, exports, entryPoint }]) => {
    const absolute = imports.map(({ path: imported, kind }) => ({ path: join(root, imported), kind }))
    return {
      path: join(root, path),
      entryPoint,
      exports,
      imports: absolute,
      text: texts.get(join(root, path)),
    }
  })
  const pathOf = (entry) => outputs.find(({ entryPoint }) => entryPoint === entry).path
  const scripts = outputs.filter(({ path }) => path.endsWith('.js')).map((output) => [output.path, output])
  const style = pathOf('console/style/console.css')
  const joined = await joinFirstLoad(pathOf('console/main.tsx'), new Map(scripts))
  return { first: joined.first, style, files: new Map([[style, texts.get(style)], ...joined.scripts]) }
}

function placeIcon(target) {
  const text = readFileSync(join(root, 'console/icon.svg'))
  const path = join(
    target,
    'assets',
    `icon-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.svg`,
  )
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

/** The page. It has no script or style of its own: its policy would refuse them. */
function pageOf({ script, style, icon }) {
  const url = (path) => `/console/assets/${basename(path)}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>NOFX</title>
<link rel="icon" href="${url(icon)}" type="image/svg+xml">
<link rel="stylesheet" href="${url(style)}">
<script type="module" src="${url(script)}"></script>
</head>
<body id="console">
<noscript>The console needs JavaScript. The same is in the terminal: nofx registry list</noscript>
</body>
</html>
`
}

function holdBudget(files, first, style) {
  const size = (path) => gzipSync(files.get(path)).length
  const unpacked = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const over = [
    ['scripts of the first load', size(first), BUDGET.firstScripts],
    ['styles', size(style), BUDGET.styles],
    ...[...files.keys()]
      .filter((path) => path !== first && path !== style)
      .map((path) => [basename(path), size(path), BUDGET.chunk]),
    ['everything, unpacked', unpacked, BUDGET.unpacked],
  ].filter(([, bytes, most]) => bytes > most)
  if (over.length > 0)
    throw new Error(
      `the console is over its budget:\n${over.map(([what, bytes, most]) => `  ${what}: ${bytes} bytes, at most ${most}`).join('\n')}`,
    )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole()
