import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FUNCTIONS, listSegments } from '../../src/api/functions/functions.ts'
import { describeApi } from '../../src/api/openapi.ts'
import { ROUTES } from '../../src/api/routes/routes.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { servers } from '../../src/plugins/servers/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'

// biome-ignore lint/suspicious/noExplicitAny: a document as programs read it
const document: any = JSON.parse(JSON.stringify(describeApi(ROUTES, [servers, agents, skills, templates])))

/** `GET /api/{kind}/{id}` and so on. */
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
)

/** Every object of a tree. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield value as Record<string, unknown>
  for (const inner of Object.values(value)) yield* objectsIn(inner)
}

describe('the OpenAPI document', () => {
  test('the document has the routes of the app, and no others', () => {
    const routes = ROUTES.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    expect([...operations].sort()).toEqual([...routes].sort())
    expect(new Set(ROUTES.map(({ name }) => name)).size).toBe(ROUTES.length)
  })

  test('the document has no reference to a missing part', () => {
    const refs = [...objectsIn(document)].map(({ $ref }) => $ref).filter((ref) => typeof ref === 'string')
    expect(refs.length).toBeGreaterThan(20)
    for (const ref of refs) {
      const place = ref.slice(2).split('/')
      const found = place.reduce<unknown>(
        (at, key) => (at as Record<string, unknown> | undefined)?.[key],
        document,
      )
      expect([ref, typeof found]).toEqual([ref, 'object'])
    }
  })

  test('the document names every parameter of a path once, and describes every response', () => {
    for (const [path, methods] of Object.entries(document.paths))
      for (const operation of Object.values(methods as Record<string, typeof document>)) {
        const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
        const inPath = operation.parameters.filter((one: { in: string }) => one.in === 'path')
        expect([path, inPath.map((one: { name: string }) => one.name)]).toEqual([path, names])
        for (const { required, schema } of inPath) expect([required, typeof schema]).toEqual([true, 'object'])
        for (const response of Object.values<{ $ref?: string; description?: string }>(operation.responses))
          expect(response.$ref ?? response.description).toBeTruthy()
      }
  })

  test('the document describes a list’s parameters as the list reads them', () => {
    const { parameters } = document.paths['/api/{kind}'].get
    const named = Object.fromEntries(parameters.map((one: { name: string }) => [one.name, one]))
    expect(named.kind.schema).toEqual({ type: 'string', enum: ['servers', 'agents', 'skills', 'templates'] })
    expect(named.limit).toMatchObject({
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 500 },
    })
    expect(named.status).toMatchObject({ style: 'form', explode: false, schema: { type: 'array' } })
    expect(named['If-None-Match'].in).toBe('header')
  })

  test('the document names the environment where the app accepts one, and its refusals', () => {
    for (const { method, path, previews } of ROUTES) {
      const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()]
      const named = operation.parameters.filter(({ name }: { name: string }) =>
        /^(env|X-Nofx-Env)$/.test(name),
      )
      const places = named.map((one: { in: string; required: boolean }) => [one.in, one.required])
      expect([path, places]).toEqual([
        path,
        previews === false
          ? []
          : [
              ['query', false],
              ['header', false],
            ],
      ])
      if (previews !== false)
        for (const status of [400, 401, 403, 404]) expect(operation.responses[status]).toBeTruthy()
    }
  })

  test('the document asks for credentials where the app does', () => {
    for (const { method, path, access } of ROUTES) {
      const { security } = document.paths[path.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()]
      const anonymous = security.some((one: object) => Object.keys(one).length === 0)
      expect([path, anonymous]).toEqual([path, access === 'public'])
    }
  })
})

describe('the files in api/', () => {
  const { routes } = JSON.parse(readFileSync('vercel.json', 'utf8')) as {
    routes: { src?: string; dest?: string }[]
  }
  const files = readdirSync('api', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
  /** The file that the platform uses for a path: a literal name comes before one in brackets. */
  const served = Object.entries(FUNCTIONS).map(([name, all]) => {
    const pattern = `api/${name}`
      .replace(/\/index$/, '')
      .replace(/\[\w+\]/g, '[^/]+')
      .replaceAll('.', '\\.')
    return { names: all.map((route) => route.name), matches: new RegExp(`^/${pattern}$`) }
  })

  test('the files are the functions, each with its own routes', () => {
    const own = Object.keys(FUNCTIONS).map((name) => {
      const up = '../'.repeat(name.split('/').length)
      const text = `import { functionAt } from '${up}dist/functions/index.mjs'\n\nexport default functionAt('${name}')\n`
      return [`api/${name}.js`, text]
    })
    expect(Object.fromEntries(files.map((file) => [file, readFileSync(file, 'utf8')]))).toEqual(
      Object.fromEntries(own),
    )
  })

  test('the files serve every route once, at its path', () => {
    expect(served.flatMap(({ names }) => names).sort()).toEqual(ROUTES.map(({ name }) => name).sort())
    for (const { name, path, aliases = [] } of ROUTES) {
      const home = served.find(({ names }) => names.includes(name))
      for (const place of [path, ...aliases]) {
        const rewrite = routes.find(({ src, dest }) => src && dest && new RegExp(src).test(place))
        const asked = rewrite?.dest ?? place
        expect([name, place, home?.matches.test(asked)]).toEqual([name, place, true])
      }
    }
  })

  test('the middleware runs before every path', () => {
    const [, matcher = ''] = /matcher: \[([^\]]*)\]/.exec(readFileSync('middleware.js', 'utf8')) ?? []
    const prefixes = [...matcher.matchAll(/'([^']*):path\*'/g)].map(([, prefix = '']) => prefix)
    for (const { path, aliases = [] } of ROUTES)
      for (const place of [path, ...aliases])
        expect([place, prefixes.some((prefix) => place.startsWith(prefix))]).toEqual([place, true])
  })

  test('the functions know the query parameters that the platform adds', () => {
    const added = Object.keys(FUNCTIONS).map((name) => [name, listSegments(name)])
    expect(Object.fromEntries(added.filter(([, names = []]) => names.length > 0))).toEqual({
      '[kind]/index': ['kind'],
      '[kind]/[id]/index': ['kind', 'id'],
      '[kind]/[id]/[action]': ['kind', 'id', 'action'],
      '[kind]/[id]/versions/index': ['kind', 'id'],
      '[kind]/[id]/versions/[version]': ['kind', 'id', 'version'],
    })
  })

  test('there are no more files than the smallest plan allows', () => {
    expect(files.length).toBeLessThanOrEqual(12)
  })
})
