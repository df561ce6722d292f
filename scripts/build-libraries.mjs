// Builds the modules that other programs import: nofx/worker, nofx/testing, nofx/edge, nofx/api, nofx/conformance and
// nofx/kind; scripts/pack.mjs adds one file of types for each.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/** The sources of each module that the package exports. */
export const LIBRARIES = {
  kind: 'src/contract/kind.ts',
  worker: 'src/worker/library.ts',
  testing: 'src/worker/testing.ts',
  edge: 'src/edge/library.ts',
  api: 'src/api/library.ts',
  conformance: 'test/conformance/kind-conformance.ts',
}

/** CommonJS packages in a module that Node.js alone loads may call `require`. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);"

/**
 * Returns what esbuild knows of the bundles.
 * @param external packages that are installed beside nofx, and so are not bundled
 */
export async function buildLibraries(common, external) {
  const esm = { ...common, format: 'esm', external }
  return Promise.all([
    build({
      ...esm,
      entryPoints: { worker: LIBRARIES.worker, testing: LIBRARIES.testing },
      outdir: 'dist',
      // The two share their code; it stays beside the MCP bridge, which it starts.
      splitting: true,
      chunkNames: 'worker-[hash]',
      // Node.js prints the line that threw; in another program it must be readable.
      minify: false,
    }),
    build({ ...esm, entryPoints: { edge: LIBRARIES.edge }, outdir: 'dist' }),
    build({ ...esm, entryPoints: { api: LIBRARIES.api }, outdir: 'dist', banner: { js: REQUIRE } }),
    build({
      ...esm,
      entryPoints: { conformance: LIBRARIES.conformance },
      outdir: 'dist',
      external: [...external, 'vitest'],
      banner: { js: REQUIRE },
    }),
    build({
      entryPoints: { kind: LIBRARIES.kind },
      outdir: 'dist',
      format: 'esm',
      target: common.target,
      metafile: true,
    }),
  ])
}

/**
 * Writes one `.d.ts` for each module into the folder of the modules. A module's types name no other package, so that they compile with every
 * version of TypeScript and of those packages.
 */
export async function buildTypes(folder) {
  const { generateDtsBundle } = await import('dts-bundle-generator')
  const entries = Object.values(LIBRARIES).map((filePath) => ({
    filePath,
    // Types of other packages fail the build: they are not inlined, and nothing imports them.
    libraries: { importedLibraries: [], inlinedLibraries: [], allowedTypesLibraries: [] },
    output: { noBanner: true, exportReferencedTypes: false, sortNodes: true },
  }))
  // npm run typecheck has checked the sources.
  const texts = generateDtsBundle(entries, { preferredConfigPath: 'tsconfig.types.json' })
  Object.keys(LIBRARIES).forEach((name, at) => {
    const foreign = /^.*(?:\bfrom ['"]|\bimport\(['"]|<reference types=).*$/m.exec(texts[at])
    if (foreign) throw new Error(`the types of nofx/${name} name another package: ${foreign[0].trim()}`)
    writeFileSync(join(folder, `${name}.d.ts`), texts[at])
  })
}
