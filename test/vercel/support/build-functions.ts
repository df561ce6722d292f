import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type BuildV3, download, glob, type Lambda } from '@vercel/build-utils'
// The declarations of @vercel/node describe the requests of its handlers, not its builder.
import * as builder from '@vercel/node'
import { buildFunctionCode } from '../../../scripts/bundle/functions.mjs'
import type { OutputRoute } from './serve-output.ts'

const { build } = builder as unknown as { build: BuildV3 }
const require = createRequire(import.meta.url)
const ROOT = new URL('../../..', import.meta.url).pathname
const MIDDLEWARE = 'middleware.js'

/**
 * Builds every function of `api/` and the middleware with Vercel's builder for Node.js, and writes them as
 * `vercel build` does: https://vercel.com/docs/build-output-api. Returns the folder, which the caller removes.
 */
export async function buildFunctions(): Promise<string> {
  // The packages are installed, or no test would run.
  process.env.VERCEL_INSTALL_COMPLETED = '1'
  const output = mkdtempSync(join(tmpdir(), 'nofx-vercel-'))
  const project = await placeProject()
  const files = await glob(`{api/**,${MIDDLEWARE},package.json}`, project)
  const entries = Object.keys(files).filter((path) => /^api\/.*\.js$/.test(path))
  const restore = shareAnalyses()
  const buildOne = (entrypoint: string, config = {}) =>
    buildFunction(project, output, files, entrypoint, config)
  for (const entry of entries) await buildOne(entry)
  const { routes = [] } = (await buildOne(MIDDLEWARE, { middleware: true })) as { routes?: OutputRoute[] }
  restore()
  const found = [...publicRoutes(), ...dynamicRoutes(entries)]
  const config = { version: 3, routes: [...routes, { handle: 'filesystem' }, ...found] }
  writeFileSync(join(output, 'config.json'), JSON.stringify(config))
  rmSync(project, { recursive: true })
  return output
}

/**
 * Gives the builder's tracer one cache of analyses for all entries: the files are the same for each of them, and a
 * dozen entries would parse them a dozen times. Each entry is still traced. Returns what ends this.
 */
function shareAnalyses(): () => void {
  const inBuilder = createRequire(require.resolve('@vercel/node'))
  const tracer = inBuilder(join(dirname(inBuilder.resolve('@vercel/nft')), 'node-file-trace.js'))
  const { nodeFileTrace } = tracer
  const cache = { analysisCache: new Map() }
  tracer.nodeFileTrace = (paths: string[], options: object) => nodeFileTrace(paths, { ...options, cache })
  return () => {
    tracer.nodeFileTrace = nodeFileTrace
    if (cache.analysisCache.size === 0) throw new Error('the tracer of @vercel/node took no shared cache')
  }
}

/** What `scripts/build-public.mjs` leaves for the builder, in a folder of its own: other tests read `dist/` meanwhile. */
async function placeProject(): Promise<string> {
  const project = mkdtempSync(join(tmpdir(), 'nofx-vercel-project-'))
  for (const name of ['api', MIDDLEWARE, 'package.json'])
    cpSync(join(ROOT, name), join(project, name), { recursive: true })
  await buildFunctionCode(join(project, 'dist/functions'))
  return project
}

/**
 * Builds a project whose API is one function, to which `vercel.json` sends every request, in the same form:
 * https://vercel.com/docs/project-configuration#rewrites. The packages of the project are installed in its folder.
 */
export async function buildRewritten(project: string, entrypoint: string): Promise<string> {
  process.env.VERCEL_INSTALL_COMPLETED = '1'
  const output = mkdtempSync(join(tmpdir(), 'nofx-vercel-'))
  const files = await glob('{api/**,package.json}', project)
  await buildFunction(project, output, files, entrypoint)
  const { rewrites } = JSON.parse(readFileSync(join(project, 'vercel.json'), 'utf8')) as {
    rewrites: { source: string; destination: string }[]
  }
  const routes = rewrites.map(({ source, destination }): OutputRoute => {
    const [, prefix, name] = /^(.*)\/:(\w+)\*$/.exec(source) ?? []
    if (name === undefined) throw new Error(`${source} does not end in a parameter for the rest of a path`)
    // Vercel passes a parameter that the destination does not use in the query, and finds the index file of a folder.
    return { src: `^${prefix}(?:/(.*))?$`, dest: `${destination}/index?${name}=$1` }
  })
  writeFileSync(join(output, 'config.json'), JSON.stringify({ version: 3, routes }))
  return output
}

async function buildFunction(
  root: string,
  output: string,
  files: Awaited<ReturnType<typeof glob>>,
  entrypoint: string,
  config: Record<string, unknown> = {},
) {
  const built = await build({
    files,
    entrypoint,
    workPath: root,
    repoRootPath: root,
    config: { zeroConfig: true, ...config },
    meta: { skipDownload: true },
  })
  await writeFunction(output, nameOf(entrypoint), built.output as Lambda)
  return built
}

const nameOf = (entrypoint: string) => entrypoint.replace(/\.m?[jt]s$/, '')

async function writeFunction(output: string, name: string, { files, handler, runtime }: Lambda) {
  const folder = join(output, 'functions', `${name}.func`)
  mkdirSync(dirname(folder), { recursive: true })
  await download(files ?? {}, folder)
  writeFileSync(join(folder, '.vc-config.json'), JSON.stringify({ handler, runtime }))
}

/** The routes of `vercel.json` to functions: they come before the dynamic ones, in the same phase. */
function publicRoutes(): OutputRoute[] {
  const { routes } = JSON.parse(readFileSync(join(ROOT, 'vercel.json'), 'utf8')) as { routes: OutputRoute[] }
  return routes.filter(({ dest }) => dest?.startsWith('/api/'))
}

/** Routes to files with `[name]` in their path: the fewer of these a file has, the earlier it is tried. */
function dynamicRoutes(entries: readonly string[]): OutputRoute[] {
  const names = entries.map(nameOf).filter((name) => name.includes('[') || name.endsWith('/index'))
  const segments = (name: string) => [...name.matchAll(/\[(\w+)\]/g)].map(([, segment]) => segment)
  return names
    .sort((a, b) => segments(a).length - segments(b).length)
    .map((name) => ({
      src: `^/${name.replace(/\/index$/, '').replace(/\[\w+\]/g, '([^/]+)')}$`,
      dest: `/${name}?${segments(name)
        .map((segment, at) => `${segment}=$${at + 1}`)
        .join('&')}`,
    }))
}
