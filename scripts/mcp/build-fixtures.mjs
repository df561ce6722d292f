import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Builds the MCP server with the contents of the conformance suite as a program, which prints its URL. */
export async function buildFixtures(outfile) {
  const contents = `import { serveFixtures } from './test/mcp/conformance/fixture-server.ts'
console.log(await serveFixtures())`
  // Some dependencies are CommonJS and require modules of Node.js.
  const js = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
  await build({
    stdin: { contents, loader: 'ts', resolveDir: fileURLToPath(new URL('../..', import.meta.url)) },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js },
    outfile,
    logLevel: 'error',
  })
}
