// Builds the modules that other programs import: nofx/worker, nofx/testing, nofx/edge, nofx/api, nofx/conformance,
// nofx/kind and nofx/format; scripts/bundle/types.mjs writes the types. The program that the worker starts is built with them.
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { build } from 'esbuild'

/** The sources of each module that the package exports. */
export const LIBRARIES = {
  kind: 'src/contract/kind.ts',
  format: 'src/exchange/contract/format.ts',
  worker: 'src/worker/library.ts',
  testing: 'src/worker/testing.ts',
  edge: 'src/edge/library.ts',
  api: 'src/api/library.ts',
  conformance: 'test/conformance/kind-conformance.ts',
}

/** Programs and parts that are loaded when they are needed: they lie beside the modules. */
const PROGRAMS = {
  // `nofx` starts it in the background, once a day.
  'ask-npm': 'src/cli/updates/ask-npm-program.ts',
  'mcp-bridge': 'src/worker/mcp/bridge-program.ts',
  // The program `nofx` loads these when it serves the registry as an MCP server.
  'mcp-http': 'src/mcp/serve-http.ts',
  'mcp-stdio': 'src/mcp/serve-stdio.ts',
}

/** Parts of `nofx/worker` with files of their own: a bundler leaves out a file that it needs nothing of. */
const PARTS = {
  'worker-registry': 'src/worker/connect-registry.ts',
  'worker-mcp': 'src/worker/mcp/inject-mcp.ts',
}

/** Modules that the program `nofx` loads as well, each as a CommonJS file that is loaded when a command needs it. */
const SHARED = { re2js: 're2js' }

/** Leaves the packages of SHARED outside of a bundle, which then loads them from the file beside it. */
const sharedFiles = {
  name: 'shared files',
  setup: ({ onResolve }) =>
    onResolve({ filter: new RegExp(`^(${Object.keys(SHARED).join('|')})$`) }, ({ path }) => ({
      path: `./${path}.cjs`,
      external: true,
    })),
}

/**
 * Lets CommonJS packages in an ES module use the modules of Node.js: a `require` of one becomes an import, which other
 * runtimes and bundlers understand too.
 */
const importedBuiltins = {
  name: 'imported built-in modules',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'require-call' && isBuiltin(path)
        ? { path: path.replace(/^(node:)?/, 'node:'), namespace: 'built-in' }
        : undefined,
    )
    onLoad({ filter: /./, namespace: 'built-in' }, ({ path }) => ({
      contents: `export * from '${path}'; export { default } from '${path}'`,
    }))
  },
}

/** The API counts in memory: of this package's limiters, which have no modules of their own, it uses one. */
const oneLimiter = {
  name: 'one limiter',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^rate-limiter-flexible$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: 'limiter',
      pluginData: resolveDir,
    }))
    onLoad({ filter: /./, namespace: 'limiter' }, ({ path, pluginData: resolveDir }) => ({
      contents: `exports.RateLimiterMemory = require('${path}/lib/RateLimiterMemory.js')`,
      resolveDir,
    }))
  },
}

/**
 * MCP's packages check the forms that a server asks for, and the results that a client gets, with Ajv, which is a third
 * of their code. The registry's server asks for no form, and the bridge passes results on as they are.
 */
const noValidator = {
  name: 'no validator of JSON Schema',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^@modelcontextprotocol\/(client|server)\/_shims$/ }, () => ({
      path: 'shims',
      namespace: 'mcp',
    }))
    onLoad({ filter: /./, namespace: 'mcp' }, () => ({
      contents: `export { default as process } from 'node:process'
export const CORS_IS_POSSIBLE = false
export class DefaultJsonSchemaValidator {
  getValidator() {
    throw new Error('nofx is built without a validator of JSON Schema for MCP')
  }
}`,
    }))
  },
}

/**
 * Leaves out the classes of MCP's packages that nothing uses, such as the client itself, of which the bridge needs the
 * transports. Many of these classes have a static block, which esbuild keeps, with the class and all that it uses; as
 * the value of a call without side effects, they go.
 */
const unusedClasses = {
  name: 'no unused classes of MCP',
  setup: ({ onLoad, onEnd }) => {
    let found = 0
    onLoad(
      { filter: /@modelcontextprotocol[\\/](client|server)[\\/]dist[\\/][^\\/]+\.mjs$/ },
      ({ path }) => ({
        contents: readFileSync(path, 'utf8').replace(
          /^var (\w+) = (class (?:extends \w+ )?\{\n.*?^\});/gms,
          (whole, name, body) => {
            if (!/^\tstatic \{/m.test(body)) return whole
            found += 1
            return `var ${name} = /* @__PURE__ */ (() => ${body})();`
          },
        ),
      }),
    )
    onEnd(() => {
      if (found === 0)
        throw new Error('the packages of MCP have another form: see scripts/bundle/libraries.mjs')
    })
  },
}

/**
 * Gives a CommonJS package that is loaded later (`await import('tus-js-client')`) its names, as Node.js does: in an ES
 * module of its own, esbuild lets it export `default` alone, and every name that the caller takes is undefined.
 */
const namesOfLaterImports = {
  name: 'names of later imports',
  setup: ({ onResolve, onLoad, initialOptions }) => {
    onResolve({ filter: /^[^./]/ }, ({ path, kind, resolveDir }) => {
      const isOurs = kind === 'dynamic-import' && !isBuiltin(path) && !initialOptions.external?.includes(path)
      return isOurs ? { path, namespace: 'later', pluginData: resolveDir } : undefined
    })
    onLoad({ filter: /./, namespace: 'later' }, async ({ path, pluginData: resolveDir }) => {
      const names = Object.keys(await import(path)).filter((name) => /^[\w$]+$/.test(name))
      return { contents: `export { ${names.join()} } from '${path}'`, resolveDir }
    })
  },
}

/** For every bundle of packages: less of their code, and the names that they export. */
export const PACKAGES = [oneLimiter, noValidator, unusedClasses, namesOfLaterImports]

/**
 * Builds the modules with the code that they share in files of its own: the package contains it once.
 * Returns what esbuild knows of the bundles.
 * @param external packages that are installed beside nofx, and so are not bundled
 */
export async function buildLibraries(common, external) {
  return Promise.all([
    build({
      ...common,
      entryPoints: { ...LIBRARIES, ...PARTS, ...PROGRAMS },
      outdir: 'dist',
      format: 'esm',
      splitting: true,
      chunkNames: 'shared-[hash]',
      // Node.js prints the line that threw; in another program it must be readable.
      lineLimit: 160,
      external: [...external, 'vitest'],
      plugins: [sharedFiles, ...PACKAGES, importedBuiltins],
    }),
    build({ ...common, entryPoints: SHARED, outdir: 'dist', outExtension: { '.js': '.cjs' }, format: 'cjs' }),
  ])
}
