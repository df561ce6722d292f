import { mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** Imports a TypeScript module of this repository; packages are not bundled. */
export async function loadSource(path) {
  const outfile = join(mkdtempSync(join('node_modules', '.bench-')), 'module.mjs')
  await build({
    entryPoints: [path],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  })
  process.once('exit', () => rmSync(dirname(outfile), { recursive: true }))
  return import(pathToFileURL(outfile).href)
}
