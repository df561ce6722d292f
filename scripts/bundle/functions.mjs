// Builds dist/functions/, the code of the functions in api/ and of middleware.js: with it a function has a dozen files,
// where Vercel's builder would find over a thousand sources and packages, which each cold start opens one by one.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { PACKAGES } from './libraries.mjs'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/**
 * Builds the code of a deployment on Vercel, with all packages in it.
 * @param {string} outdir the folder, which is replaced
 */
export async function buildFunctionCode(outdir = join(root, 'dist/functions')) {
  rmSync(outdir, { recursive: true, force: true })
  await build({
    absWorkingDir: root,
    entryPoints: { index: 'src/api/functions/functions.ts', middleware: 'src/api/functions/middleware.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'shared-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
    legalComments: 'none',
    // A platform's log prints the line that threw.
    lineLimit: 160,
    plugins: PACKAGES,
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  })
}
